"""The audit of an untouched ledger is clean; whatever is changed in its file is found, with its place."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from api.reporting import TrustUsed, Written
from ledger.auditing import AuditReport, audit
from ledger.auditing.report import Outcome
from ledger.domain.events.certification import CertificateReissued, ScopeReduced
from ledger.domain.events.office import RoleGranted
from ledger.domain.events.persons import PersonRegistered
from ledger.domain.record import Event, Fact, Head, Role
from ledger.errors import Unreadable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.tree import EMPTY_ROOT
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.statement import SignedEvent, decode_payload, payload_of
from ledger.store import opening
from ledger.store.ledger import Ledger
from ledger.store.submission import Submission
from ledger.trust import TrustRoot
from ledger.words import Language
from tests.ledger.test_scope_in_bundles import change_scope, reduce
from tests.scenario import COMPETENCIES, names
from tests.support import World, held_about, key_of

# SQLite's words, and PostgreSQL's for them.
WORDS = {
    "x'21'": "'\\x21'::bytea",
    "x'00'": "'\\x00'::bytea",
    "AS BLOB": "AS bytea",
    "zeroblob(32)": "decode(repeat('00', 32), 'hex')",
    "char(10)": "chr(10)",
    "rowid": "ctid",
}


def tampered(folder: Path, *statements: str) -> AuditReport:
    """Change the database behind the ledger's back, then audit it."""
    address = opening.address_of(folder)
    with closing(psycopg.connect(address) if address else sqlite3.connect(folder / "ledger.db")) as connection:
        for statement in statements:
            for word in WORDS if address else ():
                statement = statement.replace(word, WORDS[word])
            assert connection.execute(statement).rowcount != 0, statement
        connection.commit()
    return audit(folder)


def codes(report: AuditReport) -> set[str]:
    """Those of the causes."""
    return {finding.code for finding in report.findings}


@pytest.fixture
def folder(workshop: World) -> Path:
    """A closed ledger after one workshop; zoe was erased."""
    workshop.do("update-person-details", person_id="awa", details=[{"name": "email", "value": "a@example.org"}])
    workshop.do("erase-personal-data", "protection", "security", person_id="zoe", basis_code="request")
    workshop.ledger.close()
    return workshop.ledger.folder


def test_an_untouched_ledger_is_clean(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = audit(folder, lambda done, of: seen.append((done, of)))
    assert report.findings == ()
    assert report.clean
    assert report.entries == seen[-1][0] == seen[-1][1]
    assert report.signatures > report.entries


def test_a_register_may_go_on_recording_while_it_is_audited(workshop: World) -> None:
    """Whatever is appended once the audit reads, it audits the moment at which it began."""
    size = workshop.ledger.size()
    recorded: list[int] = []

    def progress(*_: int) -> None:
        if not recorded:
            recorded.append(size)
            workshop.do("register-person", "registrar", person_id="newcomer", details=names("Exemple"))
            workshop.ledger.latest()

    report = audit(workshop.ledger.folder, progress)
    assert recorded
    assert report.findings == ()
    assert report.entries == size < workshop.ledger.size()
    assert audit(workshop.ledger.folder).entries == size + 1


def test_a_ledger_that_was_emptied_is_found_by_what_was_published(folder: Path) -> None:
    """With nothing left that shows entries, nothing is known: the audit says so, and does not report a fault."""
    tables = ("stored_events", "tree_nodes", "checkpoints", "published", "first_published", "sealed_values")
    assert "rolled-back" in codes(tampered(folder, *(f"DELETE FROM {table}" for table in tables)))
    (folder / "published.note").unlink()
    assert codes(audit(folder)) == {"log-head"}
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("UPDATE log_head SET size = 0, edge = substr(edge, 1, 0)")
    connection.close()
    with pytest.raises(Unreadable, match=r"ledger\.db: expected the entries of a ledger; there is no entry"):
        audit(folder)


def test_a_compromised_key_is_a_warning_and_no_finding(workshop: World) -> None:
    key_id = key_of("assessor1").key_id
    since = datetime(2017, 1, 1, tzinfo=UTC)
    for person, compromised_since in (("assessor1", since), ("panel1", workshop.now), ("panel2", None)):
        workshop.do(
            "revoke-key",
            person_id=person,
            key_id=key_of(person).key_id,
            reason_code="lost" if compromised_since is None else "compromised",
            compromised_since=compromised_since,
        )
    report = audit(workshop.ledger.folder)
    assert report.clean
    many, none = report.warnings
    assert {many.code, none.code} == {"key-compromised"}
    assert f"key {key_id} of assessor1, since 2017-01-01 00:00 UTC: " in many.message
    assert "signatures, at entries " in many.message
    assert none.message.endswith(": 0 signatures")
    assert many.words.fr.startswith("une clé est signalée comme compromise")
    used = TrustUsed.of(workshop.ledger.trust, Path("trust.json"), is_own=False)
    written = Written.of(report, "ledger", used, workshop.now)
    titles: dict[Language, str] = {"en": "Points to check", "fr": "Points à examiner"}
    for chosen, title in titles.items():
        page = written.as_html(chosen).decode()
        assert title in page
        assert many.words.into(chosen) in page.replace("&#39;", "'")
    assert b'"warnings"' in written.as_json()


@pytest.mark.parametrize("position", [1, 2, 40, 90])
@pytest.mark.parametrize("place", [5, 200, 400, -40])
def test_any_changed_byte_of_an_entry_is_found(folder: Path, position: int, place: int) -> None:
    where = f"length(state) {place}" if place < 0 else str(place)
    changed = f"CAST(substr(state, 1, {where}) || x'21' || substr(state, {where} + 2) AS BLOB)"
    report = tampered(folder, f"UPDATE stored_events SET state = {changed} WHERE position = {position}")
    assert [(finding.code, finding.position) for finding in report.findings] == [("entry-altered", position)]


@pytest.mark.parametrize(
    ("code", "statements"),
    [
        ("row-contradicts-statement", ["UPDATE stored_events SET topic = 'role-revoked/v1' WHERE position = 3"]),
        ("row-contradicts-statement", ["UPDATE stored_events SET originator_version = 77 WHERE position = 3"]),
        ("row-contradicts-statement", ["UPDATE stored_events SET originator_id = 'officer:x' WHERE position = 3"]),
        (
            "entry-moved",
            [
                "UPDATE stored_events SET position = 9999 WHERE position = 3",
                "UPDATE stored_events SET position = 3 WHERE position = 4",
                "UPDATE stored_events SET position = 4 WHERE position = 9999",
            ],
        ),
        ("entry-missing", ["DELETE FROM stored_events WHERE position = 30"]),
        ("entry-missing", ["DELETE FROM stored_events WHERE position = (SELECT max(position) FROM stored_events)"]),
        ("tree-node", ["UPDATE tree_nodes SET hash = zeroblob(32) WHERE place = 29"]),
        ("tree-node", ["DELETE FROM tree_nodes WHERE place = 12"]),
        ("tree-node", ["INSERT INTO tree_nodes VALUES (100000, zeroblob(32))"]),
        ("note-malformed", ["UPDATE checkpoints SET note = 'x' WHERE size = 9"]),
        ("note-signature-invalid", ["UPDATE checkpoints SET note = replace(note, '/pca' || char(10) || '9', '/pca' || char(10) || '8')"]),
        ("tree-node", ["DELETE FROM tree_nodes WHERE place = 15"]),
        ("checkpoint-ahead", ["UPDATE checkpoints SET size = 100000 WHERE size = 9"]),
        ("disclosure-changed", ["UPDATE sealed_values SET sealed = (SELECT hash FROM tree_nodes WHERE place = 1) WHERE person_id = 'awa'"]),
        ("disclosure-changed", ["UPDATE sealed_values SET name = 'nickname' WHERE person_id = 'awa'"]),
        ("disclosure-unreferenced", ["UPDATE sealed_values SET person_id = 'bob' WHERE person_id = 'awa'"]),
        ("disclosure-missing", ["DELETE FROM sealed_values WHERE person_id = 'awa'"]),
    ],
)  # fmt: skip
def test_tampering_is_found(folder: Path, code: str, statements: list[str]) -> None:
    assert code in codes(tampered(folder, *statements))


def test_a_checkpoint_of_another_tree_is_found(workshop: World) -> None:
    workshop.ledger.close()
    note = sign_checkpoint(Checkpoint(workshop.ledger.trust.origin, 9, bytes(32)), key_of("log"))
    assert "checkpoint-root" in codes(
        tampered(workshop.ledger.folder, f"UPDATE checkpoints SET note = '{note}' WHERE size = 9")
    )


def test_another_founding_is_found(folder: Path) -> None:
    trust = TrustRoot.load(folder / "trust.json")
    (folder / "trust.json").write_bytes(bytes(msgspec.structs.replace(trust, founding_leaf="00" * 32)))
    assert codes(audit(folder)) == {"founding-other"}


def test_values_of_an_erased_person_that_come_back_are_found(workshop: World) -> None:
    held = workshop.ledger.vault.sealed(held_about(workshop, "zoe"))
    workshop.do("erase-personal-data", "protection", "security", person_id="zoe", basis_code="request")
    workshop.ledger.application.events.put([], disclosures=held)
    workshop.ledger.close()
    assert codes(audit(workshop.ledger.folder)) == {"disclosure-of-erased"}


def test_values_whose_keys_are_elsewhere_were_not_checked_and_are_not_false(workshop: World) -> None:
    workshop.ledger.close()
    shutil.rmtree(workshop.ledger.folder / "person-keys")
    report = audit(workshop.ledger.folder)
    assert (codes(report), report.outcome) == (set(), Outcome.NOT_CHECKED)
    (unchecked,) = [one for one in report.unchecked if one.check == "vault"]
    assert "the keys of" in unchecked.message


def forged(world: World, submission: Submission, signers: tuple[str, ...] = (), **changes: Any) -> set[str]:
    """An operator appends what the ledger would refuse, with a right tree; the audit says what is wrong."""
    envelope = open_envelope(submission.envelope)
    event = msgspec.structs.replace(decode_payload(envelope.payload), **changes)
    payload = payload_of(event)
    message = pae(STATEMENT_TYPE, payload)
    keys = [key_of(person) for person in signers or [signer.person for signer in event.by]]
    data = seal(payload, tuple(Signature(key.key_id, key.sign(message)) for key in keys))
    append(world, event, data)
    world.ledger.close()
    return codes(audit(world.ledger.folder))


def append(world: World, event: Event[Fact], data: bytes) -> None:
    """An operator, who has the log's key, appends a statement past every rule."""
    world.ledger.application.events.put([SignedEvent(event, data)])
    size = world.ledger.size()
    checkpoint = Checkpoint(world.ledger.trust.origin, size, world.ledger.tree.root_at(size))
    world.ledger.notes.add_checkpoint(size, sign_checkpoint(checkpoint, key_of("log")))


GRANT: dict[str, Any] = {"person_id": "registrar", "role": "moderator"}


def test_an_operator_who_appends_a_forged_statement_is_found(workshop: World) -> None:
    submission = workshop.submission("grant-role", "director", **GRANT)
    assert forged(workshop, submission, ("registrar",)) == {"signature-unknown-key"}


def test_an_operator_who_skips_a_version_is_found(workshop: World) -> None:
    assert "version-gap" in forged(workshop, workshop.submission("grant-role", "director", **GRANT), version=9)


def test_an_operator_who_inserts_another_ledgers_statement_is_found(workshop: World) -> None:
    assert "ledger-other" in forged(workshop, workshop.submission("grant-role", "director", **GRANT), ledger="other")


@pytest.mark.parametrize("head", [Head(10**6, bytes(32)), Head(9, bytes(32)), Head(-1, EMPTY_ROOT)])
def test_an_operator_who_invents_a_head_is_found(workshop: World, head: Head) -> None:
    assert forged(workshop, workshop.submission("grant-role", "director", **GRANT), head=head) == {"head-unknown"}


def test_an_operator_who_breaks_a_rule_is_found(workshop: World) -> None:
    submission = workshop.submission("grant-role", "director", **GRANT)
    version = decode_payload(open_envelope(submission.envelope).payload).version
    workshop.do("grant-role", "director", **GRANT)
    assert forged(workshop, submission, version=version + 1) == {"rule-broken"}


def test_an_operator_who_lets_a_director_enrol_keys_is_found(workshop: World) -> None:
    workshop.do("grant-role", "director", person_id="registrar", role="secretariat-director")
    submission = workshop.submission("grant-role", "registrar", person_id="director", role="moderator")
    facts = RoleGranted(person_id="director", role=Role.SECURITY_OFFICER)
    assert forged(workshop, submission, facts=facts) == {"rule-broken"}


def test_an_operator_who_back_dates_a_withdrawal_is_found(staffed: World) -> None:
    staffed.plan()
    staffed.score(staffed.candidate("awa"), 4)
    withdrawal = {"initiator": "candidate", "effective_from": staffed.now.date(), "reason_code": "other"}
    submission = staffed.submission("withdraw-candidacy", "registrar", candidacy_id="c-awa", **withdrawal)
    facts = decode_payload(open_envelope(submission.envelope).payload).facts
    assert forged(staffed, submission, facts=msgspec.structs.replace(facts, effective_from=date(2017, 1, 1))) == {
        "rule-broken",
        "disclosure-missing",
    }


@pytest.mark.parametrize("person_id", ["Awa N'Guessan <awa@example.org>", "a\nb"])
def test_an_entry_with_a_name_for_an_id_is_found(workshop: World, person_id: str) -> None:
    submission = workshop.submission("register-person", "registrar", person_id="pseudonym", details=names("Exemple"))
    facts = decode_payload(open_envelope(submission.envelope).payload).facts
    assert isinstance(facts, PersonRegistered)
    named = msgspec.structs.replace(facts, person_id=person_id)
    assert "rule-broken" in forged(workshop, submission, stream=f"person:{person_id}", facts=named)


def test_an_operator_who_records_another_fact_than_the_rules_answer_is_found(workshop: World) -> None:
    submission = workshop.submission("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    event = decode_payload(open_envelope(submission.envelope).payload)
    assert isinstance(event.facts, CertificateReissued)
    certificate = msgspec.structs.replace(event.facts.certificate, expires_on=None)
    facts = msgspec.structs.replace(event.facts, certificate=certificate)
    found = forged(workshop, submission, facts=facts)
    assert found == {"fact-differs", "disclosure-missing"}  # its sealed reason is not in the vault


def test_the_rules_are_asked_again_about_changes_of_a_scope(workshop: World) -> None:
    change_scope(workshop)
    workshop.ledger.close()
    assert codes(audit(workshop.ledger.folder)) == set()


def test_an_operator_who_takes_the_whole_scope_away_is_found(workshop: World) -> None:
    reduction = {"removed": COMPETENCIES[:3], "effective_from": date(2017, 6, 1), "reason_code": "other"}
    submission = workshop.submission("reduce-scope", "decider1", "decider2", certification_id="c-awa", **reduction)
    facts = decode_payload(open_envelope(submission.envelope).payload).facts
    assert isinstance(facts, ScopeReduced)
    found = forged(workshop, submission, facts=msgspec.structs.replace(facts, removed=COMPETENCIES))
    assert found == {"rule-broken", "disclosure-missing"}


def test_an_operator_who_issues_for_the_old_scope_is_found(workshop: World) -> None:
    reduce(workshop)
    again = {"certification_id": "c-awa", "reason_code": "scope-changed"}
    submission = workshop.submission("reissue-certificate", "registrar", **again)
    facts = decode_payload(open_envelope(submission.envelope).payload).facts
    assert isinstance(facts, CertificateReissued)
    certificate = msgspec.structs.replace(facts.certificate, scope=COMPETENCIES)
    assert forged(workshop, submission, facts=msgspec.structs.replace(facts, certificate=certificate)) == {
        "fact-differs",
        "disclosure-missing",
    }


def test_an_operator_who_reveals_other_levels_is_found(staffed: World) -> None:
    staffed.plan()
    staffed.score(staffed.candidate("awa"), 4)
    sheet = staffed.read().candidacy("c-awa").live_sheets[0]
    submission = staffed.submission("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    event = decode_payload(open_envelope(submission.envelope).payload)
    facts = msgspec.structs.replace(event.facts, levels={"practical-skills": 5})
    assert forged(staffed, submission, facts=facts) == {"reveal-differs"}


def test_a_signature_over_something_else_is_found(workshop: World) -> None:
    submission = workshop.submission("grant-role", "director", **GRANT)
    event = decode_payload(open_envelope(submission.envelope).payload)
    data = seal(payload_of(event), (Signature(key_of("director").key_id, key_of("director").sign(b"other")),))
    append(workshop, event, data)
    workshop.ledger.close()
    assert codes(audit(workshop.ledger.folder)) == {"signature-invalid"}


def test_a_ledger_that_was_opened_again_stays_clean(folder: Path, workshop: World) -> None:
    Ledger.open(folder, lambda: workshop.now).close()
    assert audit(folder).clean
