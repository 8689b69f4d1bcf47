"""Nothing takes effect in public before the policy's quorum has cosigned it; who sees a contradiction says so."""

import asyncio
import re
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from eventsourcing.persistence import PersistenceError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.app import create_app
from api.publishing.collecting import Collector
from api.register import Register, Settings
from api.witness.app import create_app as create_witness
from api.witness.store import Witness
from ledger.auditing import audit
from ledger.errors import Conflict, Corrupt, Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.witness import Request as WitnessRequest
from ledger.signing.keys import SigningKey
from ledger.signing.note import Note, NoteSignature
from ledger.store.following import Troubles
from ledger.store.leases import PUBLISHING, LeaseLost, alone
from ledger.store.ledger import Ledger
from ledger.store.publishing import SIGNED_AGAIN
from ledger.verdict import CheckResult
from ledger.verification import verify_bundle
from tests.issued import follow
from tests.serving import client_of, serving
from tests.support import World, key_of
from tests.tenures import two
from tests.watched import Watched

Watching = Callable[..., Watched]
NUMBER = "TOA-PCA-FR-2017-01-BTH"
HTML = {"Accept": "text/html"}


def test_a_grant_shows_once_it_is_witnessed(watching: Watching) -> None:
    watched = watching()
    world = watched.world
    assert watched.collector.collect()
    size = world.ledger.size()
    world.workshop()
    with client_of(world.ledger) as client:
        assert client.get("/advisors").json()["advisors"] == []
        assert "Awaiting confirmation" in client.get("/advisors", headers=HTML).text
        assert "En attente de confirmation" in client.get("/advisors?lang=fr", headers=HTML).text
        assert client.get("/checkpoint").text.splitlines()[1] == str(size)
        assert client.get(f"/tile/0/000.p/{size}").status_code == 200
        assert client.get(f"/tile/0/000.p/{size + 1}").status_code == 404
        assert watched.collector.collect()
        follow(client)
        assert len(client.get("/advisors").json()["advisors"]) == 1
        assert "Awaiting confirmation" not in client.get("/advisors", headers=HTML).text
        health = client.get("/health").json()
        assert (health["status"], health["published"]) == ("ok", world.ledger.size())
        report = verify_bundle(client.get(f"/certificates/{NUMBER}.bundle.json").content, world.ledger.trust, world.now)
    (check,) = [check for check in report.checks if check.code == "witnesses"]
    assert check.result is CheckResult.PASSED
    assert re.search(
        r"^north, south: the certificate \(entry \d+\) was signed after entry \d+ and before 19 May 2017, ",
        check.detail[0],
    )
    note, checkpoint = world.ledger.latest()
    assert checkpoint.size == world.ledger.size()
    witnessed = world.ledger.trust.witnesses.require(note)
    assert witnessed is not None
    assert witnessed.at == world.now
    assert set(witnessed.times) == {"north", "south"}


def test_without_a_quorum_nothing_is_shown(watching: Watching) -> None:
    watched = watching()
    watched.stop("south")
    with (
        Register(watched.world.ledger, Settings(base_url="https://r.example"), watched.collector.troubles) as register,
        TestClient(create_app(register)) as client,
    ):
        assert not watched.collector.collect()
        assert client.get("/checkpoint").status_code == 503
        assert client.get("/tile/0/000.p/1").status_code == 404
        health = client.get("/health").json()
        assert health["status"] == "the latest entries are not witnessed"
        assert health["troubles"]["south"]["why"]
    with pytest.raises(Conflict, match="waits for its witnesses"):
        watched.world.ledger.latest()


def test_any_one_of_two_is_enough_where_the_policy_says_so(watching: Watching) -> None:
    watched = watching(quorum="any")
    watched.stop("south")
    assert watched.collector.collect()
    assert list(watched.collector.troubles) == ["south"]
    assert watched.world.ledger.latest()[1].size == watched.world.ledger.size()


def test_a_ledger_that_was_set_back_is_told_so(watching: Watching, tmp_path: Path) -> None:
    watched = watching()
    world = watched.world
    shutil.copytree(world.ledger.folder, tmp_path / "old")
    world.appoint()
    assert watched.collector.collect()
    with Ledger.open(tmp_path / "old", lambda: world.now, is_simulated=True) as old:
        collector = Collector(old, alone)
        assert not collector.collect()
        assert "it has seen" in collector.troubles["north"]
        with pytest.raises(Conflict):
            old.latest()
        # It goes on elsewhere until it is larger: then its past is another one.
        world.ledger, there = old, world.ledger
        world.workshop()
        assert not collector.collect()
        assert "another tree" in collector.troubles["south"]
        world.ledger = there
    assert watched.witnesses["north"].refused(world.ledger.trust.origin)


def test_a_ledger_behind_what_it_published_does_not_start(watching: Watching, tmp_path: Path) -> None:
    watched = watching()
    world = watched.world
    world.appoint()
    assert watched.collector.collect()
    size = world.ledger.size()
    with world.ledger.database.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM stored_events WHERE position > 3")
        cursor.execute("DELETE FROM checkpoints WHERE size > 3")
    with pytest.raises(Corrupt, match=f"{size} entries was signed, the log has 3"):
        Ledger.open(world.ledger.folder, lambda: world.now)


def test_a_checkpoint_is_signed_again_every_hour(watching: Watching) -> None:
    watched = watching()
    publications = watched.world.ledger.publications
    assert watched.collector.collect()
    first, _ = watched.world.ledger.latest()
    assert publications.candidate() is None
    watched.world.now += SIGNED_AGAIN
    assert publications.candidate() is not None
    assert watched.collector.collect()
    again, checkpoint = watched.world.ledger.latest()
    assert again != first
    assert Note.parse(again).text == Note.parse(first).text
    assert watched.world.ledger.trust.signed_at(again) == watched.world.now
    assert checkpoint.size == watched.world.ledger.size()


def test_signing_again_keeps_when_it_was_witnessed_first(watching: Watching) -> None:
    watched = watching()
    world, notes = watched.world, watched.world.ledger.notes
    assert watched.collector.collect()
    first, first_note = world.now, world.ledger.latest()[0]
    notes.add_time_stamp(first_note, b"reply")
    for _ in range(3):
        world.now += timedelta(days=1)
        assert watched.collector.collect()
    note = world.ledger.latest()[0]
    witnessed = world.ledger.trust.witnesses.require(note)
    assert witnessed is not None
    assert (witnessed.since, witnessed.at) == (first, world.now)
    assert len(Note.parse(note).signatures) == 6  # the log's two, and of each witness the first and the last
    assert [note for _, note in notes.published()].count(first_note) == 1
    assert notes.time_stamp(first_note) == b"reply"
    assert audit(world.ledger.folder).witnessed == first


def test_other_witnesses_cosign_what_stands_already(watching: Watching) -> None:
    watched = watching()
    ledger = watched.world.ledger
    assert watched.collector.collect()
    watched.world.appoint()
    assert watched.collector.collect()
    policy = (ledger.trust.policy or "").replace("quorum both", "quorum east")
    logs = {ledger.trust.origin: [ledger.trust.verifier_key]}
    east = Witness(watched.folder / "east", "east.example", logs, lambda: watched.world.now)
    with serving(create_witness(east)) as address:
        policy = policy.replace("quorum", f"witness east {east.verifier_key} {address}\nquorum")
        trust = msgspec.structs.replace(ledger.trust, policy=policy)
        (ledger.folder / "trust.json").write_bytes(bytes(trust))
        assert [f.code for f in audit(ledger.folder).findings] == ["not-witnessed"]
        with Ledger.open(ledger.folder, lambda: watched.world.now) as changed:
            assert Collector(changed, alone).collect()
            assert changed.trust.witnesses.require(changed.latest()[0]) is not None
            assert changed.publications.candidate() is None
    assert audit(ledger.folder).clean  # what was published under the policy before is in order


def checkpointed(folder: Path) -> bytes:
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return (folder / "ledger.db").read_bytes()


def restored(folder: Path, data: bytes) -> None:
    for path in folder.glob("ledger.db*"):
        path.unlink()
    (folder / "ledger.db").write_bytes(data)


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_restored_backup_behind_what_was_published_does_not_start(staffed: World, goes_on: bool) -> None:
    """An old file is consistent in itself, checkpoints and all; what was published stands beside it."""
    old, folder = checkpointed(staffed.ledger.folder), staffed.ledger.folder
    staffed.do("grant-role", "director", person_id="panel1", role="moderator")
    note = staffed.ledger.latest()[0]
    assert (folder / "published.note").read_text(encoding="utf-8") == note
    staffed.ledger.close()
    restored(folder, old)
    with pytest.raises(Corrupt, match="was it set back") as refused:
        Ledger.open(folder, lambda: staffed.now)
    assert refused.value.code == "checkpoint-ahead"
    if goes_on:  # until it has as many entries again, other ones
        (folder / "published.note").unlink()
        with Ledger.open(folder, lambda: staffed.now) as staffed.ledger:
            staffed.do("grant-role", "director", person_id="panel2", role="moderator")
        (folder / "published.note").write_text(note, encoding="utf-8")
        with pytest.raises(Corrupt, match="entries that this log does not have"):
            Ledger.open(folder, lambda: staffed.now)


def test_what_cannot_be_kept_beside_the_database_is_not_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    size = world.ledger.latest()[1].size

    def full(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("ledger.store.publishing.write_whole", full)
        world.appoint()
        with pytest.raises(PersistenceError, match="disk full"):
            world.ledger.latest()
    assert world.ledger.latest()[1].size == world.ledger.size() > size


def test_a_slower_process_does_not_set_the_published_note_back(world: World) -> None:
    first = world.ledger.latest()[0]
    world.appoint()
    latest = world.ledger.latest()[0]
    world.ledger.publications.publish(Note.parse(first))
    assert (world.ledger.folder / "published.note").read_text(encoding="utf-8") == latest


def test_only_what_is_signed_and_of_this_tree_is_published(watching: Watching) -> None:
    world = watching().world
    publications = world.ledger.publications
    candidate = publications.candidate()
    assert candidate is not None
    with pytest.raises(Unverifiable, match="not cosigned"):
        publications.publish(candidate)
    with pytest.raises(Unverifiable, match="no ML-DSA-44 signature"):
        publications.publish(Note.parse(str(world.ledger.notes.latest_checkpoint()[1])))  # type: ignore[index]  # there is one


def test_a_checkpoint_of_another_tree_is_not_published(world: World) -> None:
    _, checkpoint = world.ledger.latest()
    other = sign_checkpoint(type(checkpoint)(checkpoint.origin, checkpoint.size, bytes(32)), key_of("log"))
    with pytest.raises(Unverifiable, match="another tree"):
        world.ledger.publications.publish(Note.parse(other))


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ([(500, "broken")], "answers 500: broken"),
        ([(200, "")], "no cosignature by its key"),
        ([(200, "— other.example AAAAAAAAAAAA\n")], "no cosignature by its key"),
        ([(200, "nonsense\n")], "expected signature lines"),
        ([(409, "many\n")], "409 without a size"),
        ([(409, "0\n"), (409, "0\n")], "answers 409"),
        ([(200, "x" * 70_000)], "answers more than 65536 bytes"),
        ([(409, "9" * 5000)], "409 without a size"),
        ([(409, "1\n"), (409, "")], "it has seen another tree of 1 entries"),
    ],
)
def test_a_witness_that_answers_nonsense_is_no_witness(
    watching: Watching, answers: list[tuple[int, str]], trouble: str
) -> None:
    waiting = list(answers)

    def answer(_: Request) -> Response:
        status, text = waiting.pop(0)
        return PlainTextResponse(text, status)

    watched = watching()
    policy = watched.world.ledger.publications.policy
    app = Starlette(routes=[Route("/add-checkpoint", answer, methods=["POST"])])
    with serving(app) as address:
        asked = policy.witnesses
        asked["north"] = msgspec.structs.replace(asked["north"], url=address)
        assert not watched.collector.collect()
    assert re.search(trouble, watched.collector.troubles["north"])


def test_a_collector_follows_the_log_for_as_long_as_it_runs(watching: Watching) -> None:
    watched = watching()
    world = watched.world
    with watched.collector.running():
        world.appoint()
        deadline = time.monotonic() + 20
        while world.ledger.publications.size < world.ledger.size() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert world.ledger.publications.size == world.ledger.size()


def test_a_witness_that_others_ask_is_not_asked(watching: Watching) -> None:
    watched = watching(quorum="any")
    asked = watched.world.ledger.publications.policy.witnesses
    asked["south"] = msgspec.structs.replace(asked["south"], url=None)
    assert watched.collector.collect()
    assert watched.collector.troubles == {}
    assert watched.world.ledger.trust.signed_at(watched.world.ledger.latest()[0]) == watched.world.now


Answer = Callable[[Cosigner, Checkpoint], Response]


@contextmanager
def answering(watched: Watched, make: Answer) -> Iterator[None]:
    """The witness north is asked where ``make`` answers, with north's own key."""
    cosigner = Cosigner("north.example", SigningKey.load(watched.folder / "north" / "witness.key"))

    async def answer(request: Request) -> Response:
        asked = WitnessRequest.parse((await request.body()).decode())
        return make(cosigner, Checkpoint.parse(Note.parse(asked.note).text))

    asked = watched.world.ledger.publications.policy.witnesses
    with serving(Starlette(routes=[Route("/add-checkpoint", answer, methods=["POST"])])) as address:
        asked["north"] = msgspec.structs.replace(asked["north"], url=address)
        yield


@pytest.mark.usefixtures("engine")
def test_health_of_a_process_that_does_not_publish_says_what_fails_for_the_one_that_does(watching: Watching) -> None:
    ledger = watching().world.ledger
    with two(ledger.folder, ledger.database, PUBLISHING, "north", "south") as processes:
        processes.troubles[0]["south"] = "answers 500"
        processes.pass_by(1)
        processes.first.look()
        processes.second.look()
        with Register(ledger, Settings(base_url="https://r.example"), processes.troubles[1]) as register:
            health = register.health()
            assert health.status == "the latest entries are not witnessed"
            assert {name: trouble.why for name, trouble in health.troubles.items()} == {"south": "answers 500"}
            processes.first_stands_still()  # who took over has not been refused yet
            assert register.health().troubles == {}


def seconds(watched: Watched) -> int:
    return int(watched.world.now.timestamp())


@pytest.mark.usefixtures("engine")
def test_who_stood_still_while_it_asked_publishes_nothing_when_another_took_over(watching: Watching) -> None:
    watched = watching(quorum="any")
    ledger = watched.world.ledger
    ledger.publications.policy.witnesses["south"] = msgspec.structs.replace(
        ledger.publications.policy.witnesses["south"], url=None
    )
    with two(ledger.folder, ledger.database, PUBLISHING) as processes:

        def late(north: Cosigner, checkpoint: Checkpoint) -> Response:
            processes.first_stands_still()
            return PlainTextResponse(str(north.cosign(checkpoint, seconds(watched))))

        first, second = (Collector(ledger, of(PUBLISHING)) for of in (processes.first.of, processes.second.of))
        assert not second.collect(), "the first one does this"
        with answering(watched, late), pytest.raises(LeaseLost):
            first.collect()
        assert ledger.publications.size == 0
        with answering(watched, lambda north, at: PlainTextResponse(str(north.cosign(at, seconds(watched))))):
            assert second.collect()
            assert not first.collect()
    assert ledger.publications.size == ledger.size()


@pytest.mark.parametrize("more", [1, 97])
def test_lines_that_a_witness_adds_of_others_are_left_out(watching: Watching, more: int) -> None:
    watched = watching(quorum="any")
    south = watched.witnesses["south"].verifier_key
    false = NoteSignature(south.name, south.hint, bytes(72))

    def make(north: Cosigner, checkpoint: Checkpoint) -> Response:
        others = "".join(f"— x{n}.example AAAAAAAAAAAA\n" for n in range(more))
        return PlainTextResponse(f"{others}{false}{north.cosign(checkpoint, seconds(watched))}")

    with answering(watched, make):
        watched.stop("south")
        assert watched.collector.collect()
    note = Note.parse(watched.world.ledger.latest()[0])
    assert [line.name for line in note.signatures].count("north.example") == 1
    assert len(note.signatures) == 3  # the log's two, and north's


@pytest.mark.parametrize(
    ("time_of", "says"),
    [(lambda _: 2**62, "clock"), (lambda _: 4_000_000_000, "clock"), (lambda now: now - 301, "clock is -301")],
)
def test_a_witness_whose_clock_cannot_be_is_left_out(
    watching: Watching, time_of: Callable[[int], int], says: str
) -> None:
    watched = watching(quorum="any")

    def make(north: Cosigner, checkpoint: Checkpoint) -> Response:
        return PlainTextResponse(str(north.cosign(checkpoint, time_of(seconds(watched)))))

    with answering(watched, make):
        assert watched.collector.collect()
    assert says in watched.collector.troubles["north"]
    witnessed = watched.world.ledger.trust.witnesses.require(watched.world.ledger.latest()[0])
    assert witnessed is not None
    assert list(witnessed.times) == ["south"]


def test_nobody_waits_for_a_slow_witness(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends a byte at a time, so that no single read is late; the quorum is met without it."""
    monkeypatch.setattr("api.publishing.collecting.SECONDS", 2)
    watched = watching(quorum="any")

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield b"x"
            await asyncio.sleep(0.2)

    with answering(watched, lambda *_: StreamingResponse(drip())):
        started = time.monotonic()
        assert watched.collector.collect()
        assert time.monotonic() - started < 1.9
        watched.world.appoint()
        assert watched.collector.collect()
        assert watched.collector.troubles["north"] == "has not answered yet"
        deadline = time.monotonic() + 10
        while "within 2 seconds" not in watched.collector.troubles["north"] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "no whole answer within 2 seconds" in watched.collector.troubles["north"]


def test_whatever_fails_the_collector_goes_on_and_health_says_so(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.publishing.collecting.AGAIN_SECONDS", 0.2)
    watched = watching(quorum="any")
    world, failing = watched.world, [PersistenceError("disk full"), RuntimeError("whatever")]
    store = world.ledger.notes.publish
    seen = []

    def fail(size: int, note: str) -> None:
        seen.append(dict(watched.collector.troubles))
        if failing:
            raise failing.pop()
        store(size, note)

    monkeypatch.setattr(world.ledger.notes, "publish", fail)
    with watched.collector.running():
        deadline = time.monotonic() + 20
        while world.ledger.publications.size == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        while watched.collector.troubles and time.monotonic() < deadline:
            time.sleep(0.02)
    assert world.ledger.publications.size == world.ledger.size()
    assert "disk full" in seen[-1]["publishing"]
    assert watched.collector.troubles == {}


def test_an_address_that_is_none_is_a_trouble_of_one_witness(watching: Watching) -> None:
    watched = watching(quorum="any")
    asked = watched.world.ledger.publications.policy.witnesses
    asked["north"] = msgspec.structs.replace(asked["north"], url="http://[::1")
    assert watched.collector.collect()
    assert "http://[::1" in watched.collector.troubles["north"]


def test_health_says_when_nothing_is_published_for_too_long(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = watching().world
    with Register(world.ledger, Settings(base_url="https://r.example")) as register:
        assert register.health().status == "ok"  # a moment is needed, and nobody has a trouble
        monkeypatch.setattr("api.register.BEHIND_SECONDS", 0.0)
        assert register.health().status == "the latest entries are not witnessed"


def test_that_documents_are_not_made_keeps_nothing_from_being_published(watching: Watching) -> None:
    troubles = Troubles()
    troubles["documents"] = "no key"
    with Register(watching().world.ledger, Settings(base_url="https://r.example"), troubles) as register:
        health = register.health()
    assert health.published < health.checkpoint
    assert (health.status, health.troubles["documents"].why) == ("ok", "no key")
