"""What stands around the entries: checkpoints and notes that were removed, the form of the database, what is no file."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.auditing import audit
from ledger.auditing.report import Outcome, Unchecked
from ledger.auditing.words import CHECKS, REASONS, WORDS
from ledger.errors import Unreadable, Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.signing.note import MAX_NOTE_BYTES
from ledger.store.engines import sqlite
from ledger.store.ledger import Ledger
from tests.engines import ledgers_on
from tests.ledger.auditing.test_audit import codes, tampered
from tests.support import World, key_of

PUBLISHED_TABLES = ("published", "first_published")


@pytest.fixture
def folder(workshop: World) -> Path:
    """A closed ledger after one workshop, which showed its latest checkpoint."""
    workshop.ledger.latest()
    workshop.ledger.close()
    return workshop.ledger.folder


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM checkpoints"],
        ["DELETE FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints)"],
        ["DELETE FROM checkpoints WHERE size = (SELECT min(size) FROM published)"],
        ["DELETE FROM published"],
        ["DELETE FROM first_published"],
        [f"DELETE FROM {table} WHERE size = (SELECT max(size) - 1 FROM {table})" for table in PUBLISHED_TABLES],
    ],
)  # fmt: skip
def test_checkpoints_that_were_removed_are_found(workshop: World, statements: list[str]) -> None:
    workshop.ledger.latest()
    first = (workshop.ledger.folder / "published.note").read_bytes()
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.ledger.latest()
    workshop.ledger.close()
    assert audit(workshop.ledger.folder).findings == ()
    if len(statements) > 1:  # it is told by a file that was set back only
        (workshop.ledger.folder / "published.note").write_bytes(first)
    assert codes(tampered(workshop.ledger.folder, *statements)) == {"checkpoint-missing"}


def test_the_last_entry_is_under_a_checkpoint(folder: Path) -> None:
    (folder / "published.note").unlink()
    statements = [f"DELETE FROM {table}" for table in ("checkpoints", *PUBLISHED_TABLES)]
    assert codes(tampered(folder, *statements)) == {"checkpoint-missing"}


@pytest.mark.parametrize("size", ["-1", "5", "(SELECT min(size) FROM published)"])
def test_the_last_checkpoint_stored_for_another_size_is_one_finding(folder: Path, size: str) -> None:
    """What is missing in its place, and where it was published, follows from that."""
    last = "size = (SELECT max(size) FROM checkpoints)"
    report = tampered(folder, f"UPDATE OR REPLACE checkpoints SET size = {size} WHERE {last}")
    assert codes(report) == {"checkpoint-ahead"}
    assert {one.code for one in report.findings[0].consequences.first} == {"checkpoint-missing"}


def test_a_database_that_was_set_back_is_found_by_what_was_published(workshop: World) -> None:
    folder = workshop.ledger.folder
    workshop.ledger.close()
    old = (folder / "ledger.db").read_bytes()
    with Ledger.open(folder, lambda: workshop.now) as ledger:
        workshop.ledger = ledger
        workshop.do("give-listing-consent", "registrar", person_id="awa")
        ledger.latest()
    (folder / "ledger.db").write_bytes(old)
    (folder / "log.key").unlink()  # as in an auditor's copy
    assert codes(audit(folder)) == {"rolled-back"}
    with sqlite3.connect(folder / "ledger.db") as connection:
        size = connection.execute("SELECT max(position) FROM stored_events").fetchone()[0]
    connection.close()
    forked = Checkpoint(workshop.ledger.trust.origin, size, bytes(32))
    (folder / "published.note").write_text(sign_checkpoint(forked, key_of("log")), encoding="utf-8")
    assert codes(audit(folder)) == {"log-forked"}


@pytest.mark.parametrize(
    ("code", "data"),
    [("note-malformed", b"garbage"), ("file-unreadable", b"\xff"), ("file-unreadable", b"a" * (MAX_NOTE_BYTES + 1))],
)
def test_a_published_note_that_is_none_is_found(folder: Path, code: str, data: bytes) -> None:
    (folder / "published.note").write_bytes(data)
    assert codes(audit(folder)) == {code}


@pytest.mark.parametrize("length", [0, 40, -1])
def test_a_published_note_that_is_cut_short_shows_nothing(folder: Path, length: int) -> None:
    note = (folder / "published.note").read_bytes()
    (folder / "published.note").write_bytes(note[:length])
    report = audit(folder)
    assert (report.findings, report.outcome) == ((), Outcome.NOT_CHECKED)
    assert report.unchecked[-1] == Unchecked("published-note", "unreadable", "published.note: cut short")


def test_a_published_note_that_cannot_be_read_shows_nothing(folder: Path) -> None:
    (folder / "published.note").unlink()
    (folder / "published.note").mkdir()
    assert audit(folder).outcome is Outcome.NOT_CHECKED


def test_a_copy_with_its_write_ahead_log_is_audited_with_it(workshop: World, tmp_path: Path) -> None:
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    shutil.copytree(workshop.ledger.folder, tmp_path / "copy")
    (tmp_path / "copy" / "ledger.db-shm").unlink()
    report = audit(tmp_path / "copy")
    assert (report.findings, report.entries) == ((), workshop.ledger.size())


def test_a_file_that_somebody_locks_is_read_as_long_as_it_stays_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as holding:
        holding.execute("PRAGMA locking_mode = EXCLUSIVE")
        holding.execute("BEGIN EXCLUSIVE")
        (folder / "ledger.db-shm").touch()
        assert audit(folder).findings == ()


def test_a_register_that_ended_while_it_published_is_in_order(workshop: World) -> None:
    """The note stands in its file before it stands in the database; so it may at the first publication as at any."""
    workshop.ledger.latest()
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.ledger.latest()
    workshop.ledger.close()
    last = "(SELECT max(size) FROM checkpoints)"
    deletions = [f"DELETE FROM {table} WHERE size = {last}" for table in ("published", "first_published")]
    assert tampered(workshop.ledger.folder, *deletions).findings == ()
    assert tampered(workshop.ledger.folder, "DELETE FROM published", "DELETE FROM first_published").findings == ()


@pytest.mark.parametrize(
    ("says", "statement"),
    [
        ("table foreign", "CREATE TABLE \"foreign\" (a)"),
        ("view foreign", "CREATE VIEW \"foreign\" AS SELECT * FROM stored_events"),
        ("index checkpoints.foreign", "CREATE INDEX \"foreign\" ON checkpoints (note)"),
        ("trigger stored_events.foreign", "CREATE TRIGGER \"foreign\" AFTER INSERT ON stored_events BEGIN DELETE FROM sealed_values; END"),
        ("index sealed_values.values_of_person is missing", "DROP INDEX values_of_person"),
        ("table sealed_documents is another one", "ALTER TABLE sealed_documents ADD COLUMN other TEXT"),
    ],
)  # fmt: skip
def test_another_form_of_the_database_is_found(folder: Path, says: str, statement: str) -> None:
    report = tampered(folder, statement)
    assert codes(report) == {"database-altered"}
    assert report.findings[0].message.startswith(says)
    assert report.entries, "it was read all the same"


@pytest.fixture
def on_postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The same ledger, whose database is one of PostgreSQL."""
    with ledgers_on("postgresql", tmp_path):
        yield request.getfixturevalue("folder")


@pytest.mark.parametrize(
    ("says", "statement"),
    [
        ("table strange is not the ledger's", "CREATE TABLE strange (a int PRIMARY KEY DEFAULT 1)"),
        ("view strange is not", "CREATE VIEW strange AS SELECT * FROM stored_events"),
        ("materialized view strange is not", "CREATE MATERIALIZED VIEW strange AS SELECT * FROM stored_events"),
        ("sequence strange is not", "CREATE SEQUENCE strange"),
        ("partitioned table strange is not", "CREATE TABLE strange (a int) PARTITION BY LIST (a)"),
        ("function strange() is not", "CREATE FUNCTION strange() RETURNS int RETURN 1"),
        ("type strange is not", "CREATE DOMAIN strange AS text"),
        ("operator @@@(text,text) is not", "CREATE OPERATOR @@@ (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)"),
        ("cast text AS integer is not", "CREATE CAST (text AS integer) WITH INOUT AS IMPLICIT"),
        ("index checkpoints.strange is not", "CREATE INDEX strange ON checkpoints (note)"),
        ("trigger tree_nodes.strange is not", "CREATE TRIGGER strange BEFORE UPDATE ON tree_nodes EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
        ("rule sealed_values.strange is not", "CREATE RULE strange AS ON DELETE TO sealed_values DO INSTEAD NOTHING"),
        ("policy checkpoints.strange is not", "CREATE POLICY strange ON checkpoints USING (size > 9)"),
        ("table checkpoints is another one: row security", "ALTER TABLE checkpoints ENABLE ROW LEVEL SECURITY"),
        ("table checkpoints is another one: unlogged", "ALTER TABLE checkpoints SET UNLOGGED"),
        ("table checkpoints is another one: inheritance", "CREATE TABLE public.checkpoints_2 () INHERITS (checkpoints)"),
        ("event trigger strange is not", "CREATE FUNCTION strange() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$; CREATE EVENT TRIGGER strange ON sql_drop EXECUTE FUNCTION strange()"),
        ("column sealed_documents.other is not", "ALTER TABLE sealed_documents ADD COLUMN other text"),
        ("column status_places.list is missing", "ALTER TABLE status_places DROP COLUMN list"),
        ("column checkpoints.note is another one: character varying not null", "ALTER TABLE checkpoints ALTER note TYPE varchar"),
        ("column checkpoints.note is another one: text", "ALTER TABLE checkpoints ALTER note DROP NOT NULL"),
        ("column checkpoints.note is another one: text default 'x' not null", "ALTER TABLE checkpoints ALTER note SET DEFAULT 'x'"),
        ("column checkpoints.note is another one: text collate c not null", 'ALTER TABLE checkpoints ALTER note TYPE text COLLATE "C"'),
        ("column checkpoints.size is another one: bigint identity not null", "ALTER TABLE checkpoints ALTER size ADD GENERATED ALWAYS AS IDENTITY"),
        ("constraint log_head.check one = 1 is missing", "ALTER TABLE log_head DROP CONSTRAINT log_head_one_check"),
        ("constraint log_head.primary key one is missing", "ALTER TABLE log_head DROP CONSTRAINT log_head_pkey"),
        ("constraint stored_events.unique originator_id, originator_version is missing",
         "ALTER TABLE stored_events DROP CONSTRAINT stored_events_originator_id_originator_version_key"),
        ("constraint checkpoints.check size > 0 is not", "ALTER TABLE checkpoints ADD CHECK (size > 0)"),
        ("constraint checkpoints.foreign key size references tree_nodesplace is not",
         "ALTER TABLE checkpoints ADD FOREIGN KEY (size) REFERENCES tree_nodes (place)"),
        ("index sealed_values.values_of_person is missing", "DROP INDEX values_of_person"),
        ("index sealed_values.values_of_person is another one",
         "DROP INDEX values_of_person; CREATE INDEX values_of_person ON sealed_values (person_id) WHERE name = 'x'"),
    ],
)  # fmt: skip
def test_another_form_of_a_postgresql_database_is_found(on_postgresql: Path, says: str, statement: str) -> None:
    report = tampered(on_postgresql, statement)
    assert codes(report) == {"database-altered"}
    assert any(finding.message.startswith(says) for finding in report.findings), report.findings
    assert report.entries, "it was read all the same"


def test_what_sqlite_keeps_for_itself_is_no_finding(folder: Path) -> None:
    assert tampered(folder, "ANALYZE").findings == ()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("stored_events", "state = CAST(state AS TEXT)"),
        ("stored_events", "originator_version = 'x'"),
        ("tree_nodes", "hash = 'x'"),
        ("sealed_values", "sealed = 'text'"),
        ("checkpoints", "note = CAST(note AS BLOB)"),
    ],
)
def test_values_of_another_type_are_found(folder: Path, table: str, change: str) -> None:
    where = f"WHERE rowid = (SELECT max(rowid) FROM {table})"
    report = tampered(folder, f"UPDATE {table} SET {change} {where}")
    (finding,) = report.findings
    found = [(one.code, one.message) for one in (finding, *finding.consequences.first)]
    assert ("database-altered", f"1 rows of {table} hold a value of another type") in found


def test_rows_before_the_first_entry_are_found(folder: Path) -> None:
    row = "INSERT INTO stored_events SELECT -7, 'officer:x', 1, topic, state FROM stored_events WHERE position = 1"
    assert codes(tampered(folder, row)) == {"row-contradicts-statement"}


def test_a_table_that_is_gone_ends_the_audit_with_a_report(folder: Path) -> None:
    report = tampered(folder, "DROP TABLE first_published")
    assert codes(report) == {"database-altered"}
    assert {one.code for one in report.findings[0].consequences.first} == {"database-unreadable"}
    assert report.entries


def emptied(data: bytes) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE other (a)")
        return connection.serialize()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _: b"", "expected an SQLite database, found something else"),
        (lambda _: b"garbage " * 1000, "expected an SQLite database, found something else"),
        (lambda data: data[: len(data) // 2], "cut short: [0-9]+ bytes of [0-9]+; copy the file again"),
        (lambda data: data[:50], "expected an SQLite database, found something else"),
        (lambda data: data[:100] + b"\xff" * (len(data) - 100), "expected the entries of a ledger; .*malformed"),
        (emptied, "expected the entries of a ledger; .*no such table: stored_events"),
    ],
)
def test_of_a_file_that_is_no_ledger_nothing_is_said(folder: Path, change: Callable[[bytes], bytes], says: str) -> None:
    """No verdict rests on a file that cannot be read: not even that it is false."""
    path = folder / "ledger.db"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(Unreadable, match=rf"ledger\.db: {says}"):
        audit(folder)


def test_a_page_that_cannot_be_read_ends_the_audit_with_what_was_found_before(folder: Path) -> None:
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("UPDATE sealed_values SET name = 'nickname' WHERE person_id = 'awa'")
        connection.execute("CREATE TABLE other (a)")
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'tree_nodes'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with (folder / "ledger.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    report = audit(folder)
    (finding,) = report.findings
    assert finding.code == "database-altered"
    assert "malformed" in finding.consequences.first[0].message


def test_the_audit_writes_nothing(folder: Path) -> None:
    before = (folder / "ledger.db").read_bytes()
    assert audit(folder).clean
    assert (folder / "ledger.db").read_bytes() == before


def test_there_must_be_a_ledger_and_kept_checkpoints_must_be_of_it(folder: Path) -> None:
    stranger = sign_checkpoint(Checkpoint("example.org/other", 1, bytes(32)), key_of("log"))
    with pytest.raises(Unverifiable):
        audit(folder, seen=[stranger])
    (folder / "ledger.db").unlink()
    with pytest.raises(FileNotFoundError, match=r"ledger\.db"):
        audit(folder)
    assert not (folder / "ledger.db").exists()


def test_what_was_found_has_words_in_both_languages() -> None:
    assert all(en and fr and en != fr for en, fr in [*WORDS.values(), *CHECKS.values(), *REASONS.values()])
