"""Time-stamps of what is published, by OpenSSL's authority, and checked by OpenSSL as well as by us."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.clients.timestamping import REPLY, Authority
from api.publishing.collecting import Collector
from api.publishing.files import write
from ledger.errors import Unverifiable
from ledger.store.leases import alone
from projections.read_models import ReadModels
from projections.time_stamps import audit_time_stamps, stamped_at
from tests.authority import openssl
from tests.commands import run
from tests.serving import client_of, serving
from tests.support import World


def test_what_is_published_is_stamped_and_openssl_agrees(
    world: World, authority: tuple[str, Path], tmp_path: Path
) -> None:
    url, folder = authority
    collector = Collector(world.ledger, alone, Authority(url))
    assert collector.collect()
    assert collector.troubles == {}
    note, _ = world.ledger.latest()
    reply = world.ledger.notes.time_stamp(note)
    assert reply is not None
    assert collector.collect()  # stamped once
    assert world.ledger.notes.time_stamp(note) == reply
    at = stamped_at(note.encode(), reply, (folder / "root.pem").read_bytes())
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)
    write(world.ledger, tmp_path / "www")
    files = ("-data", tmp_path / "www" / "checkpoint", "-in", tmp_path / "www" / "checkpoint.tsr")
    assert b"Verification: OK" in openssl("ts", "-verify", *files, "-CAfile", folder / "root.pem")
    with client_of(world.ledger) as client:
        answer = client.get("/checkpoint.tsr")
        assert (answer.content, answer.headers["content-type"]) == (reply, REPLY)
    check = ("check-time-stamp", "www/checkpoint", "www/checkpoint.tsr", "--authority", str(folder / "root.pem"))
    assert "www/checkpoint: seen at 20" in run(tmp_path, *check)
    (tmp_path / "www" / "checkpoint").write_text(note + " ", encoding="utf-8")
    assert "does not hold" in run(tmp_path, *check, code=1)


def test_a_stamp_is_of_one_note_by_one_authority(world: World, authority: tuple[str, Path]) -> None:
    url, folder = authority
    root = (folder / "root.pem").read_bytes()
    reply = Authority(url).stamp(b"data")
    assert stamped_at(b"data", reply, root).tzinfo is UTC
    for data, changed in ((b"date", reply), (b"data", reply[:-1] + bytes([reply[-1] ^ 1])), (b"data", b"nonsense")):
        with pytest.raises(Unverifiable, match="time-stamp"):
            stamped_at(data, changed, root)
    stranger = folder / "stranger.pem"
    openssl(
        "req",
        "-config",
        folder / "openssl.cnf",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-x509",
        "-subj",
        "/CN=Stranger",
        "-keyout",
        folder / "stranger.key",
        "-out",
        stranger,
    )
    with pytest.raises(Unverifiable, match="does not hold"):
        stamped_at(b"data", reply, stranger.read_bytes())


def test_a_kept_stamp_of_something_else_is_found_by_the_audit(
    world: World, authority: tuple[str, Path], tmp_path: Path
) -> None:
    stamp = Authority(authority[0]).stamp
    ledger = world.ledger
    world.appoint()
    with ReadModels(ledger):
        note, checkpoint = ledger.latest()
    ledger.notes.add_time_stamp(note, stamp(note.encode()))
    told: list[tuple[int, int]] = []
    assert list(audit_time_stamps(ledger.notes, lambda *done: told.append(done))) == []
    assert told == [(1, 1)]
    assert "signatures: passed" in run(tmp_path, "audit")
    other, says = stamp(b"something else"), f"checkpoint of {checkpoint.size} entries: "
    foreign = other.replace(bytes.fromhex("0609608648016503040203"), bytes.fromhex("0609608648016503040207"), 2)
    for reply in (other, b"stamp", b"", foreign):
        ledger.notes.add_time_stamp(note, reply)
        (found,) = audit_time_stamps(ledger.notes, lambda *_: None)
        assert (found.code, found.message[: len(says)]) == ("time-stamp-differs", says)
    with ledger.database.transaction(commit=True) as cursor:  # one of the two places where it stands
        cursor.execute("UPDATE published SET time_stamp = ?", (stamp(note.encode()),))
    ledger.close()
    printed = run(tmp_path, "audit", "--report", "found", language="fr", code=1)
    assert "time-stamp-differs: un horodatage conservé ne correspond pas à son point de contrôle" in printed
    assert "time-stamp-differs" in (tmp_path / "found.json").read_text(encoding="utf-8")


def test_nothing_waits_for_an_authority(world: World, authority: tuple[str, Path]) -> None:
    _, folder = authority

    async def answer(request: Request) -> Response:
        body = {"/old": (folder / "reply").read_bytes(), "/nonsense": b"nonsense"}.get(request.url.path, b"")
        return Response(body, 200 if body else 500)

    app = Starlette(routes=[Route("/{path}", answer, methods=["POST"])])
    Authority(authority[0]).stamp(b"so that there is a reply to another request")
    with serving(app) as url:
        for path, says in (
            ("old", "answers another request"),
            ("nonsense", "not a time-stamp reply"),
            ("x", "answers 500"),
        ):
            collector = Collector(world.ledger, alone, Authority(f"{url}/{path}"))
            assert collector.collect()
            assert says in collector.troubles["time-stamp"]
    assert world.ledger.notes.time_stamp(world.ledger.latest()[0]) is None
    assert world.ledger.notes.time_stamp("another note") is None
    with pytest.raises(ValueError, match="--tsa: ftp://x: expected an http"):
        Authority("ftp://x")
