"""One alteration is one finding, with everything that follows from it under it."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from api.publishing.files import write
from ledger.auditing import AuditReport, audit, audit_published
from ledger.auditing.faults import Fault, as_findings
from ledger.auditing.report import Outcome
from ledger.log.tiles import Tile
from ledger.log.tree import RightEdge, leaf_hash
from ledger.signing.envelope import Signature, open_envelope, seal
from ledger.signing.statement import decode_payload
from ledger.store.port import Unavailable
from ledger.store.tree import node_count, place_of
from tests.ledger.auditing.test_audit import append, tampered
from tests.support import World
from tests.watched import published


def changed(position: object, place: object) -> str:
    """A byte of an entry is another one."""
    state = f"CAST(substr(state, 1, {place}) || x'21' || substr(state, {place} + 2) AS BLOB)"
    return f"UPDATE stored_events SET state = {state} WHERE position = {position}"


def moved(*places: int) -> list[str]:
    """Each row takes the place that follows it here, and the last that of the first."""
    aside = [f"UPDATE stored_events SET position = -position WHERE position IN ({', '.join(map(str, places))})"]
    pairs = zip(places, (*places[1:], places[0]), strict=True)
    return aside + [f"UPDATE stored_events SET position = {new} WHERE position = -{old}" for old, new in pairs]


LAST = "(SELECT max(position) FROM stored_events)"
OTHER_NOTE = "note = replace(note, '/pca' || char(10), '/pcb' || char(10))"
ONE_VALUE = "rowid = (SELECT min(rowid) FROM sealed_values WHERE person_id = 'awa')"
# What is done to the database, and the finding: its code, its position (-1 is the last), and how many faults follow from
# it at least.
IN_THE_DATABASE: dict[str, tuple[list[str], str, int | None, int]] = {
    "a byte of the first entry": ([changed(1, 200)], "entry-altered", 1, 1),
    "a byte of an early entry": ([changed(3, 300)], "entry-altered", 3, 1),
    "a byte of an entry in the middle": ([changed(40, 5)], "entry-altered", 40, 1),
    "a byte of a signature": ([changed(40, "length(state) - 40")], "entry-altered", 40, 1),
    "a byte of the last entry": ([changed(LAST, 200)], "entry-altered", -1, 0),
    "the first entry removed": (["DELETE FROM stored_events WHERE position = 1"], "entry-missing", 1, 1),
    "an entry removed": (["DELETE FROM stored_events WHERE position = 40"], "entry-missing", 40, 1),
    "the last entry removed": ([f"DELETE FROM stored_events WHERE position = {LAST}"], "entry-missing", -1, 0),
    "neighbours removed": (["DELETE FROM stored_events WHERE position BETWEEN 40 AND 44"], "entry-missing", 40, 1),
    "an entry removed and the gap closed": (
        [
            "DELETE FROM stored_events WHERE position = 40",
            "UPDATE stored_events SET position = -position WHERE position > 40",
            "UPDATE stored_events SET position = -position - 1 WHERE position < 0",
        ],
        *("entry-missing", 40, 50),
    ),
    "two entries exchanged": (moved(30, 31), "entry-moved", 30, 0),
    "three entries exchanged": (moved(30, 50, 70), "entry-moved", 30, 0),
    "an entry moved far away": (["UPDATE stored_events SET position = 5000 WHERE position = 30"], "entry-moved", 30, 0),
    "an entry added far away": (
        ["INSERT INTO stored_events SELECT 5000, 'officer:x', 1, topic, state FROM stored_events WHERE position = 9"],
        *("entry-added", 5000, 0),
    ),
    "the stream of a row": (
        ["UPDATE stored_events SET originator_id = 'officer:x' WHERE position = 9"],
        *("row-contradicts-statement", 9, 0),
    ),
    "a leaf of the tree": (["UPDATE tree_nodes SET hash = zeroblob(32) WHERE place = 1"], "tree-node", 1, 0),
    "a node of the tree": (["UPDATE tree_nodes SET hash = zeroblob(32) WHERE place = 31"], "tree-node", 1, 0),
    "a node of the tree removed": (["DELETE FROM tree_nodes WHERE place = 31"], "tree-node", 1, 0),
    "the whole tree removed": (["DELETE FROM tree_nodes"], "tree-node", 1, 100),
    "a node of the tree added": (["INSERT INTO tree_nodes VALUES (5000, zeroblob(32))"], "tree-node", None, 0),
    "a checkpoint": ([f"UPDATE checkpoints SET {OTHER_NOTE} WHERE size = 9"], "note-signature-invalid", None, 0),
    "the last checkpoint removed": (
        ["DELETE FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints)"],
        *("checkpoint-missing", None, 1),
    ),
    "a checkpoint under another size": (
        ["UPDATE checkpoints SET size = 5000 WHERE size = 9"],
        *("checkpoint-ahead", None, 1),
    ),
    "a published checkpoint": ([f"UPDATE published SET {OTHER_NOTE} WHERE size = 9"], "note-signature-invalid", None, 0),
    "a value": ([f"UPDATE sealed_values SET sealed = (SELECT hash FROM tree_nodes WHERE place = 1) WHERE {ONE_VALUE}"], "disclosure-changed", None, 0),
    "the digest of a value": ([f"UPDATE sealed_values SET digest = 'x' WHERE {ONE_VALUE}"], "disclosure-changed", None, 1),
    "the person of a value": (
        [f"UPDATE sealed_values SET person_id = 'bob' WHERE {ONE_VALUE}"],
        *("disclosure-unreferenced", None, 0),
    ),
    "a value removed": ([f"DELETE FROM sealed_values WHERE {ONE_VALUE}"], "disclosure-missing", None, 0),
    "the size in the head, set back": (["UPDATE log_head SET size = 9"], "log-head", -1, 0),
    "the size in the head, set ahead": (["UPDATE log_head SET size = 5000"], "log-head", None, 0),
    "the edge in the head": (["UPDATE log_head SET edge = zeroblob(32)"], "log-head", -1, 0),
    "the head removed": (["DELETE FROM log_head"], "log-head", None, 0),
    "the levels of a score sheet": (
        ["UPDATE sealed_values SET sealed = (SELECT hash FROM tree_nodes WHERE place = 1) WHERE rowid = (SELECT min(rowid) FROM sealed_values WHERE name = 'levels')"],
        *("disclosure-changed", None, 0),
    ),
}  # fmt: skip


def only(report: AuditReport, code: str, position: int | None, at_least: int) -> None:
    assert [(one.code, one.position) for one in report.findings] == [(code, position)], report.findings
    assert report.consequences >= at_least
    first = report.findings[0].consequences
    assert len(first.first) == min(first.count, 20)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("case", IN_THE_DATABASE)
def test_one_alteration_of_the_database_is_one_finding(workshop: World, case: str) -> None:
    """Case R11."""
    size = workshop.ledger.size()
    workshop.ledger.close()
    statements, code, position, at_least = IN_THE_DATABASE[case]
    only(tampered(workshop.ledger.folder, *statements), code, size if position == -1 else position, at_least)


def test_every_entry_may_be_the_one_that_is_altered(workshop: World) -> None:
    """Case R11: whatever rests on the entry, on its stream or on its values follows from it."""
    size = workshop.ledger.size()
    workshop.ledger.close()
    database = workshop.ledger.folder / "ledger.db"
    whole = database.read_bytes()
    for position in range(1, size + 1, 7):
        database.write_bytes(whole)
        only(tampered(workshop.ledger.folder, changed(position, 200)), "entry-altered", position, 0)


def test_two_alterations_are_two_findings(workshop: World) -> None:
    workshop.ledger.close()
    report = tampered(workshop.ledger.folder, changed(30, 200), *IN_THE_DATABASE["a node of the tree"][0])
    assert sorted(one.code for one in report.findings) == ["entry-altered", "tree-node"]


def unsigned(state: bytes) -> bytes:
    envelope = open_envelope(state)
    return seal(envelope.payload, tuple(Signature(s.keyid, bytes(64)) for s in envelope.signatures))


def of_type_9(state: bytes) -> bytes:
    """The same statement, of a type that a later version may have."""
    envelope = open_envelope(state)
    return seal(re.sub(rb'("type":"[a-z-]+/v)[0-9]', rb"\g<1>9", envelope.payload), envelope.signatures)


def rewritten(folder: Path, position: int, change: Callable[[bytes], bytes], *, above: bool) -> AuditReport:
    """Another entry, with the hashes of the tree that it changes, but without the key of the log."""
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        states = [row[0] for row in connection.execute("SELECT state FROM stored_events ORDER BY position")]
        states[position - 1] = change(states[position - 1])
        connection.execute("UPDATE stored_events SET state = ? WHERE position = ?", (states[position - 1], position))
        _, nodes = RightEdge().append([leaf_hash(state) for state in states])
        for place, (level, index, digest) in enumerate(nodes, 1):
            if (level, index) == (0, position - 1) or (above and level and (position - 1) >> level == index):
                connection.execute("UPDATE tree_nodes SET hash = ? WHERE place = ?", (digest, place))
        connection.commit()
    return audit(folder)


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize(("code", "change"), [("signature-invalid", unsigned), ("envelope-malformed", lambda _: b"x")])
def test_an_entry_that_was_rewritten_with_its_hash_is_the_cause_of_every_checkpoint_that_differs(
    workshop: World, code: str, change: Callable[[bytes], bytes], above: bool
) -> None:
    workshop.ledger.close()
    only(rewritten(workshop.ledger.folder, 40, change, above=above), code, 40, 20)


def test_an_entry_of_a_later_version_is_neither_right_nor_wrong(workshop: World) -> None:
    submission = workshop.submission("grant-role", "director", person_id="registrar", role="moderator")
    event = decode_payload(open_envelope(submission.envelope).payload)
    append(workshop, event, of_type_9(submission.envelope))
    position = workshop.ledger.size()
    workshop.ledger.close()
    report = audit(workshop.ledger.folder)
    assert (report.findings, report.outcome) == ((), Outcome.NOT_CHECKED)
    (gap,) = [gap for gap in report.unchecked if gap.reason == "newer"]
    assert gap.message.startswith(f"entry {position}: type: 'role-granted/v9'")


def test_a_type_of_a_later_version_excuses_no_other_tree(workshop: World) -> None:
    workshop.ledger.close()
    report = rewritten(workshop.ledger.folder, 40, of_type_9, above=True)
    assert {finding.code for finding in report.findings} == {"checkpoint-root"}
    assert report.outcome is Outcome.FAILED


def test_an_entry_that_is_lost_with_its_hash_is_the_cause_of_every_hash_above_it(workshop: World) -> None:
    workshop.ledger.close()
    lost = ["DELETE FROM stored_events WHERE position = 40", f"DELETE FROM tree_nodes WHERE place = {place_of(0, 39)}"]
    only(tampered(workshop.ledger.folder, *lost), "entry-missing", 40, 20)


def test_the_end_of_the_log_is_missed_by_its_checkpoints(workshop: World) -> None:
    size = workshop.ledger.size()
    workshop.ledger.close()
    removed = [
        f"DELETE FROM stored_events WHERE position > {size - 3}",
        f"DELETE FROM tree_nodes WHERE place > {node_count(size - 3)}",
    ]
    only(tampered(workshop.ledger.folder, *removed), "checkpoint-ahead", None, 1)


def test_an_entry_that_no_checkpoint_covers_yet_is_the_cause_of_its_missing_hash(workshop: World) -> None:
    size = workshop.ledger.size()
    workshop.ledger.close()
    columns = "'officer:x', 1, topic, state FROM stored_events WHERE position = 9"
    report = tampered(workshop.ledger.folder, f"INSERT INTO stored_events SELECT {size + 1}, {columns}")
    only(report, "row-contradicts-statement", size + 1, 2)


def test_what_cannot_be_read_now_is_no_finding(workshop: World) -> None:
    workshop.ledger.close()

    def locked(*_: int) -> None:
        raise Unavailable("locked")

    with pytest.raises(Unavailable):
        audit(workshop.ledger.folder, locked)


def flipped(place: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def exchanged(data: bytes) -> bytes:
    """The first two entries of a bundle change places."""
    first = 2 + int.from_bytes(data[:2], "big")
    second = first + 2 + int.from_bytes(data[first : first + 2], "big")
    return data[first:second] + data[:first] + data[second:]


IN_AN_EXPORT: dict[str, tuple[str, Callable[[bytes], bytes] | None, str, int | None]] = {
    "a byte of an entry": ("entries", flipped(300), "entry-altered", 1),
    "a length of an entry": ("entries", flipped(0), "bundle-cut-short", 1),
    "two entries exchanged": ("entries", exchanged, "entry-moved", 1),
    "a hash": ("0", flipped(77), "tree-node", None),
    "a tile cut short": ("0", lambda data: data[:-1], "tile-length", None),
    "a tile removed": ("0", None, "tile-missing", None),
    "a byte of the checkpoint": ("checkpoint", flipped(40), "note-signature-invalid", None),
}


@pytest.mark.parametrize("case", IN_AN_EXPORT)
def test_one_altered_file_of_an_export_is_one_finding(workshop: World, tmp_path: Path, case: str) -> None:
    """Case R11."""
    write(workshop.ledger, tmp_path / "export", entries=True)
    name, change, code, position = IN_AN_EXPORT[case]
    level = {"entries": "entries", "0": 0}.get(name)
    path = tmp_path / "export" / (name if level is None else str(Tile(level, 0, workshop.ledger.size())))  # type: ignore[arg-type]  # one of the two levels
    if change is None:
        path.unlink()
    else:
        path.write_bytes(change(path.read_bytes()))
    only(audit_published(published(tmp_path / "export", workshop)), code, position, 0)


def test_two_altered_files_of_an_export_are_two_findings(workshop: World, tmp_path: Path) -> None:
    write(workshop.ledger, tmp_path / "export", entries=True)
    size = workshop.ledger.size()
    (tmp_path / "export" / str(Tile(0, 0, size))).unlink()
    bundle = tmp_path / "export" / str(Tile("entries", 0, size))
    bundle.write_bytes(flipped(0)(bundle.read_bytes()))
    report = audit_published(published(tmp_path / "export", workshop))
    assert {finding.code for finding in report.findings} >= {"tile-missing", "bundle-cut-short"}


def test_the_note_that_was_published_last_is_one_file(workshop: World) -> None:
    workshop.ledger.latest()
    workshop.ledger.close()
    path = workshop.ledger.folder / "published.note"
    path.write_bytes(flipped(40)(path.read_bytes()))
    only(audit(workshop.ledger.folder), "note-signature-invalid", None, 0)


def test_of_two_causes_the_same_one_is_named_in_every_audit() -> None:
    """Whichever order a process keeps what a fault rests on in, which differs from one to the next."""
    streams = [f"person:{number:02}" for number in range(20)]
    spoiling = [
        Fault("entry-altered", place, stream, spoils=frozenset({stream})) for place, stream in enumerate(streams, 1)
    ]
    resting = Fault("rule-broken", 30, "x", rests_on=frozenset(streams))
    first, *others = as_findings([*reversed(spoiling), resting])[::-1]
    assert [finding.consequences.count for finding in (first, *others)] == [1, *[0] * 19]
    assert first.message == streams[0]
