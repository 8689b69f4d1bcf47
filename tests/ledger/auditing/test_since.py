"""An audit that goes on from an earlier one finds what a full audit finds in what is new, and says what it left."""

import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger import visible
from ledger.auditing import AuditReport, Kept, audit, judging, kept
from ledger.auditing.kept import rules
from ledger.auditing.report import Outcome
from ledger.errors import Unreadable
from ledger.signing.envelope import pae
from ledger.store.tree import node_count, place_of
from tests.engines import copy_ledger
from tests.ledger.auditing.test_audit import tampered
from tests.ledger.auditing.test_one_fault import LAST, changed
from tests.scenario import value
from tests.support import World, key_of

AUDITOR = key_of("auditor")
WHY = {"reason": value("reason", "same birth date")}


def keep(world: World) -> Kept:
    """What is kept of an audit of everything so far."""
    found: list[Kept] = []
    report = audit(world.ledger.folder, keep=found.append, now=world.now)
    assert len(found) == 1, report
    return found[0]


def found_by(report: AuditReport) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.position) for finding in report.findings]


def award(world: World) -> None:
    """The workshop goes on from its appointments to the end."""
    world.plan()
    awa = world.candidate("awa", family_name="N'Guessan-Écho")
    world.score(awa, 4)
    world.conclude(awa)


@pytest.mark.usefixtures("engine")
def test_two_steps_keep_what_one_keeps(staffed: World, tmp_path: Path) -> None:
    before = keep(staffed)
    award(staffed)
    found: list[Kept] = []
    report = audit(staffed.ledger.folder, since=before, keep=found.append, now=staffed.now)
    assert report.outcome is Outcome.PASSED
    assert report.entries == staffed.ledger.size() - before.size
    whole = keep(staffed)
    assert found[0].memory().states == whole.memory().states
    assert msgspec.structs.replace(found[0], states={}) == msgspec.structs.replace(whole, states={})
    whole.write(tmp_path / "state", AUDITOR)
    assert Kept.read(tmp_path / "state", AUDITOR, staffed.ledger.trust) == whole


def test_with_nothing_new_no_entry_is_read(workshop: World) -> None:
    report = audit(workshop.ledger.folder, since=keep(workshop))
    assert report.outcome is Outcome.PASSED
    assert (report.entries, report.signatures, report.size) == (0, 0, workshop.ledger.size())


def test_the_report_says_what_was_not_checked_again(workshop: World) -> None:
    report = audit(workshop.ledger.folder, since=keep(workshop))
    left = {gap.check for gap in report.unchecked if gap.reason == "earlier"}
    assert left == {"earlier-entries", "log-keys", "time-stamps", "read-models", "documents"}


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("what", ["entry", "signature", "removed", "node", "checkpoint", "value", "head"])
def test_one_alteration_of_what_is_new_is_found_as_by_a_full_audit(staffed: World, what: str) -> None:
    before = keep(staffed)
    staffed.plan()
    staffed.candidate("awa")
    new, size = before.size + 3, staffed.ledger.size()
    statement = {
        "entry": changed(new, 200),
        "signature": changed(new, "length(state) - 40"),
        "removed": f"DELETE FROM stored_events WHERE position = {new}",
        "node": f"UPDATE tree_nodes SET hash = zeroblob(32) WHERE place = {place_of(0, new - 1)}",
        "checkpoint": f"DELETE FROM checkpoints WHERE size = {size}",
        "value": "DELETE FROM sealed_values WHERE person_id = 'awa' AND name = 'given_name'",
        "head": "UPDATE log_head SET size = size - 1",
    }[what]
    full = tampered(staffed.ledger.folder, statement)
    report = audit(staffed.ledger.folder, since=before)
    assert full.outcome is Outcome.FAILED
    assert report.findings == full.findings


def test_bytes_that_were_audited_before_are_not_read_again(workshop: World) -> None:
    """What ``--since`` cannot notice; the documentation says so."""
    before = keep(workshop)
    assert found_by(tampered(workshop.ledger.folder, changed(3, 300))) == [("entry-altered", 3)]
    assert audit(workshop.ledger.folder, since=before).findings == ()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("change", ["UPDATE tree_nodes SET hash = zeroblob(32)", "DELETE FROM tree_nodes"])
def test_the_log_must_go_on_from_the_tree_that_was_audited(workshop: World, change: str) -> None:
    before = keep(workshop)
    peak = place_of(before.size.bit_length() - 1, 0)
    tampered(workshop.ledger.folder, f"{change} WHERE place = {peak}")
    assert ("tree-node", before.size) in found_by(audit(workshop.ledger.folder, since=before))


def test_a_log_that_was_set_back_is_found(workshop: World, tmp_path: Path) -> None:
    copy_ledger(workshop.ledger.folder, tmp_path / "earlier")
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    report = audit(tmp_path / "earlier", since=keep(workshop))
    assert found_by(report) == [("rolled-back", None)]


def test_a_log_that_was_forked_is_found(workshop: World, tmp_path: Path) -> None:
    """Both branches are signed by the log and keep the rules."""
    other = workshop.copy(tmp_path / "other")
    try:
        other.do("give-listing-consent", "registrar", person_id="awa")
        other.do("withdraw-listing-consent", "registrar", person_id="awa")
        workshop.do("give-results-consent", "registrar", person_id="awa")
        before = keep(workshop)
        assert audit(other.ledger.folder).clean
        codes = {code for code, _ in found_by(audit(other.ledger.folder, since=before))}
        assert {"tree-node", "checkpoint-root"} <= codes
    finally:
        other.ledger.close()


def test_a_note_of_before_that_is_another_now_is_verified(workshop: World) -> None:
    before = keep(workshop)
    assert workshop.ledger.notes.checkpoints()
    note = "note = replace(note, '/pca' || char(10), '/pcb' || char(10))"
    tampered(workshop.ledger.folder, f"UPDATE checkpoints SET {note} WHERE size = 10")
    assert found_by(audit(workshop.ledger.folder, since=before)) == [("note-signature-invalid", None)]


def test_findings_and_warnings_of_before_are_repeated(workshop: World) -> None:
    tampered(workshop.ledger.folder, "UPDATE sealed_values SET name = 'other' WHERE person_id = 'awa'")
    workshop.do("merge-persons", person_id="decider1", merged_id="decider2", **WHY)
    before = keep(workshop)
    again = audit(workshop.ledger.folder, since=before)
    assert before.findings
    assert again.findings == before.findings
    assert again.outcome is Outcome.FAILED


def test_what_is_known_of_people_since_is_left_to_a_full_audit(workshop: World) -> None:
    before = keep(workshop)
    workshop.do("merge-persons", person_id="decider1", merged_id="decider2", **WHY)
    full, again = audit(workshop.ledger.folder), audit(workshop.ledger.folder, since=before)
    assert full.warnings
    assert not again.warnings
    assert "hindsight" in {gap.check for gap in again.unchecked}
    after = keep(workshop)
    assert audit(workshop.ledger.folder, since=after).warnings == full.warnings


@pytest.mark.parametrize("person", ["assessor1", "another-id"])
def test_a_second_employment_that_was_recorded_late_is_left_to_a_full_audit_too(workshop: World, person: str) -> None:
    """What is known of people was known otherwise before already, and is again."""
    workshop.now = datetime(2017, 6, 1, tzinfo=UTC)
    if person != "assessor1":
        workshop.person(person)
        workshop.do("merge-persons", person_id=person, merged_id="assessor1", **WHY)
    employment = {"administration_id": "SN", "since": date(2017, 6, 1)}
    workshop.do("record-employment", person_id=person, **employment)
    before = keep(workshop)
    assert "hindsight" not in {gap.check for gap in audit(workshop.ledger.folder, since=before).unchecked}
    workshop.do("record-employment", person_id=person, **employment | {"since": date(2017, 5, 16)})
    full, again = audit(workshop.ledger.folder), audit(workshop.ledger.folder, since=before)
    assert full.warnings
    assert again.warnings == before.warnings
    assert "hindsight" in {gap.check for gap in again.unchecked}


def test_values_of_somebody_erased_since_must_be_gone(workshop: World) -> None:
    before = keep(workshop)
    with closing(sqlite3.connect(workshop.ledger.folder / "ledger.db")) as database:
        rows = database.execute("SELECT * FROM sealed_values WHERE person_id = 'zoe'").fetchall()
    workshop.do("erase-personal-data", person_id="zoe", basis_code="request")
    assert audit(workshop.ledger.folder, since=before).clean
    with closing(sqlite3.connect(workshop.ledger.folder / "ledger.db")) as database, database:
        database.execute(f"INSERT INTO sealed_values VALUES ({', '.join('?' * len(rows[0]))})", rows[0])
    assert found_by(audit(workshop.ledger.folder, since=before)) == [("disclosure-of-erased", None)]


def test_a_state_holds_ids_and_digests_and_no_name(workshop: World, tmp_path: Path) -> None:
    keep(workshop).write(tmp_path / "state", AUDITOR)
    data = (tmp_path / "state").read_bytes()
    assert b"awa" in data
    assert b"N'Guessan" not in data
    assert "Écho".encode() not in data


def test_the_digest_of_the_rules_covers_all_that_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    """It covers each module of the ledger that is loaded, but for those that store."""
    hashed: list[bytes] = []

    def noting(data: bytes) -> Any:
        hashed.append(data)
        return sha256(data)

    monkeypatch.setattr(kept, "sha256", noting)
    rules.__wrapped__()
    modules = [
        m for name, m in sys.modules.items() if name.startswith("ledger.") and not name.startswith("ledger.store")
    ]
    assert visible in modules
    for module in modules:
        assert Path(str(module.__file__)).read_bytes() in hashed[0], module


def test_a_state_is_marked_with_the_rules_by_which_it_was_judged(
    workshop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though another version is installed while an audit runs."""
    found: list[Kept] = []

    def install(*_: int) -> None:
        monkeypatch.setattr(judging, "rules", lambda: "other")

    audit(workshop.ledger.folder, install, keep=found.append)
    assert [one.rules for one in found] == [rules()]


@pytest.fixture(scope="module")
def state(held_workshop: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a state, which is whole."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copytree(held_workshop.ledger.folder, folder / "ledger")
    found: list[Kept] = []
    audit(folder / "ledger", keep=found.append)
    found[0].write(folder / "state", AUDITOR)
    return folder / "state"


def test_a_forged_or_truncated_state_is_refused(held_workshop: World, state: Path, tmp_path: Path) -> None:
    whole, trust = state.read_bytes(), held_workshop.ledger.trust
    copy = tmp_path / "state"
    places = [0, 63, 64, len(whole) // 2, len(whole) - 1]
    wrong = [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in places]
    for data in (*wrong, whole[:-1], whole[:64], whole + b"\0", b""):
        copy.write_bytes(data)
        with pytest.raises(Unreadable, match="whole and signed with this key"):
            Kept.read(copy, AUDITOR, trust)
    with pytest.raises(Unreadable, match="whole and signed with this key"):
        Kept.read(state, key_of("somebody else"), trust)


def test_a_state_of_another_log_is_refused(held_workshop: World, state: Path) -> None:
    other = msgspec.structs.replace(held_workshop.ledger.trust, founding_leaf="0" * 64)
    with pytest.raises(Unreadable, match="is about another log"):
        Kept.read(state, AUDITOR, other)


def test_a_state_by_other_rules_is_refused(
    held_workshop: World, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "rules", lambda: "other")
    with pytest.raises(Unreadable, match="other rules"):
        Kept.read(state, AUDITOR, held_workshop.ledger.trust)
    monkeypatch.undo()
    data = msgspec.msgpack.encode({"rules": "of a later version", "more": 1})
    (tmp_path / "state").write_bytes(AUDITOR.sign(pae(kept.TYPE, data)) + data)
    with pytest.raises(Unreadable, match="other rules"):
        Kept.read(tmp_path / "state", AUDITOR, held_workshop.ledger.trust)


def test_a_state_is_read_up_to_a_bound(held_workshop: World, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_BYTES", 100)
    with pytest.raises(ValueError, match="expected at most 100 bytes"):
        Kept.read(state, AUDITOR, held_workshop.ledger.trust)


def test_what_could_not_be_read_is_not_kept(workshop: World) -> None:
    workshop.ledger.close()
    found: list[Kept] = []
    tampered(workshop.ledger.folder, f"UPDATE stored_events SET topic = topic WHERE position = {LAST}")
    (workshop.ledger.folder / "published.note").write_text(workshop.ledger.trust.origin + "\n12")
    audit(workshop.ledger.folder, keep=found.append)
    assert found == []


def test_nodes_are_counted_that_are_new(workshop: World) -> None:
    before = keep(workshop)
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    report = audit(workshop.ledger.folder, since=before)
    assert report.checked["nodes"] == node_count(before.size + 1) - node_count(before.size)
