"""The audit of a log as it is published: of an export's folder, and over HTTP with an auditor's key."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.app import create_app
from api.publishing.files import write
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.auditing import AuditReport, Kept, audit, audit_published
from ledger.errors import Unreadable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.tiles import Tile
from projections.read_models import ReadModels
from tests.commands import run
from tests.serving import serving
from tests.support import World, key_of
from tests.watched import Watched, appoint_auditor, published


def codes(report: AuditReport) -> list[str]:
    return [finding.code for finding in report.findings]


@pytest.fixture
def export(workshop: World, tmp_path: Path) -> Path:
    write(workshop.ledger, tmp_path / "export", entries=True)
    return tmp_path / "export"


def test_an_export_is_audited_like_the_database(workshop: World, export: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = audit_published(published(export, workshop), lambda done, of: seen.append((done, of)))
    assert report.findings == ()
    workshop.ledger.close()
    within = audit(workshop.ledger.folder)
    assert (report.entries, report.signatures, report.root) == (within.entries, within.signatures, within.root)
    assert seen[-1] == (report.entries, report.entries)
    assert report.checkpoints == 1


def change(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("place", [200, 5000, -30])
def test_a_changed_entry_of_an_export_is_found(workshop: World, export: Path, place: int) -> None:
    change(export / str(Tile("entries", 0, workshop.ledger.size())), place)
    assert codes(audit_published(published(export, workshop))) == ["entry-altered"]


def test_a_changed_tile_of_an_export_is_found(workshop: World, export: Path) -> None:
    change(export / str(Tile(0, 0, workshop.ledger.size())), 77)
    assert codes(audit_published(published(export, workshop))) == ["tree-node"]


def test_a_removed_tile_of_an_export_is_found(workshop: World, export: Path) -> None:
    (export / str(Tile(0, 0, workshop.ledger.size()))).unlink()
    assert codes(audit_published(published(export, workshop))) == ["tile-missing"]


def test_a_removed_entry_of_an_export_is_found(workshop: World, export: Path) -> None:
    path = export / str(Tile("entries", 0, workshop.ledger.size()))
    data = path.read_bytes()
    path.write_bytes(data[2 + int.from_bytes(data[:2], "big") :])
    assert codes(audit_published(published(export, workshop))) == ["bundle-cut-short"]


def test_a_forged_checkpoint_of_an_export_is_found(workshop: World, export: Path) -> None:
    _, checkpoint = workshop.ledger.latest()
    note = sign_checkpoint(checkpoint, key_of("somebody"))
    (export / "checkpoint").write_text(note, encoding="utf-8")
    report = audit_published(published(export, workshop))
    assert codes(report) == ["note-unsigned"]
    assert report.entries == 0


@pytest.mark.parametrize("data", [None, b"", b"\xff\n", b"ledger.example.org/pca\n10"])
def test_of_an_export_without_a_whole_checkpoint_nothing_is_said(
    workshop: World, export: Path, data: bytes | None
) -> None:
    (export / "checkpoint").unlink()
    if data is not None:
        (export / "checkpoint").write_bytes(data)
    with pytest.raises(Unreadable, match="checkpoint: "):
        audit_published(published(export, workshop))


def test_checkpoints_that_were_kept_are_compared(workshop: World, export: Path) -> None:
    note, checkpoint = workshop.ledger.latest()
    origin, size = checkpoint.origin, checkpoint.size
    ahead = sign_checkpoint(Checkpoint(origin, size + 1, bytes(32)), key_of("log"))
    forked = sign_checkpoint(Checkpoint(origin, 9, bytes(32)), key_of("log"))
    seen = [note, ahead, forked]
    assert codes(audit_published(published(export, workshop), seen=seen)) == ["rolled-back", "log-forked"]
    workshop.ledger.close()
    assert codes(audit(workshop.ledger.folder, seen=seen)) == ["rolled-back", "log-forked"]


def test_a_log_is_audited_over_http_with_an_auditors_key(workshop: World) -> None:
    workshop.now = datetime.now(UTC)
    key = appoint_auditor(workshop)
    ledger, inbox = workshop.ledger, Inbox(workshop.ledger)
    with Register(ledger, Settings(base_url="https://r.example")) as register:
        office = Office(ledger, lambda: inbox, "")
        app = create_app(register, office)
        with serving(app) as url:
            app.state.office = Office(ledger, lambda: inbox, url)
            assert audit_published(published(url, workshop, key)).clean
            with pytest.raises(OSError, match="answers 401"):
                audit_published(published(url, workshop))
            with pytest.raises(OSError, match="answers 422"):
                audit_published(published(url, workshop, key_of("registrar")))
    inbox.close()


Watching = Callable[..., Watched]


def test_witnesses_bound_the_time_of_every_statement(watching: Watching) -> None:
    watched = watching()
    world = watched.world
    world.appoint()
    assert watched.collector.collect()
    published_at = world.now
    report = audit(world.ledger.folder)
    assert report.clean
    assert report.witnessed == published_at
    database = world.ledger.database
    for change, code in (
        ("UPDATE published SET note = 'x'", "note-malformed"),
        ("UPDATE published SET note = (SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1)", "note-unsigned"),
    ):
        with database.transaction(commit=True) as cursor:
            cursor.execute(change)
        assert code in codes(audit(world.ledger.folder))


def test_where_witnesses_are_asked_for_something_must_be_published(watching: Watching) -> None:
    watched = watching()
    folder, database = watched.world.ledger.folder, watched.world.ledger.database
    assert codes(audit(folder)) == ["not-witnessed"], "nobody was asked yet"
    assert watched.collector.collect()
    assert audit(folder).clean
    with database.transaction(commit=True) as cursor:
        for table in ("published", "first_published"):
            cursor.execute(f"DELETE FROM {table}")
    assert codes(audit(folder)) == ["not-witnessed"]


def test_read_models_of_what_is_published_are_compared_and_rebuilt_too(watching: Watching) -> None:
    watched = watching()
    world = watched.world
    world.appoint()
    assert watched.collector.collect()
    for public in (False, True):
        with ReadModels(world.ledger, public=public):
            pass
    world.ledger.close()
    assert "signatures: passed" in run(watched.folder, "audit")
    with sqlite3.connect(world.ledger.folder / "projections.public.db") as connection:
        connection.execute("DELETE FROM people")
    connection.close()
    assert "(people: missing ('panel1'" in run(watched.folder, "audit", code=1)
    run(watched.folder, "rebuild")
    assert "signatures: passed" in run(watched.folder, "audit")


def test_a_statement_dated_after_it_was_witnessed_is_found(watching: Watching) -> None:
    watched = watching()
    world = watched.world
    world.appoint()
    world.now -= timedelta(hours=1)  # the witnesses' clock, not the ledger's statements
    assert watched.collector.collect()
    assert set(codes(audit(world.ledger.folder))) == {"post-dated"}
    world.do("confirm-clock", reason_code="clock-was-ahead")
    assert watched.collector.collect()
    report = audit(world.ledger.folder)
    assert codes(report) == []
    (warning,) = report.warnings
    assert warning.code == "clock-confirmed"
    assert "entries before it state a later time" in warning.message


def test_what_witnesses_see_later_bounds_the_times_that_were_audited_before(watching: Watching) -> None:
    watched = watching()
    world = watched.world
    assert watched.collector.collect()
    world.appoint()
    kept = list[Kept]()
    assert audit(world.ledger.folder, keep=kept.append, now=world.now).clean
    world.now -= timedelta(hours=1)  # the witnesses' clock, not the ledger's statements
    assert watched.collector.collect()
    assert set(codes(audit(world.ledger.folder, since=kept[0]))) == {"post-dated"}


def test_no_clock_is_confirmed_earlier_than_witnesses_have_cosigned(watching: Watching) -> None:
    watched = watching()
    world = watched.world
    world.appoint()
    assert watched.collector.collect()
    world.now -= timedelta(days=9)
    world.do("confirm-clock", reason_code="clock-was-ahead")
    world.now += timedelta(days=9)
    assert watched.collector.collect()
    assert codes(audit(world.ledger.folder)) == ["back-dated"]
