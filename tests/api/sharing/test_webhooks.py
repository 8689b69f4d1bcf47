"""Receivers of webhooks are told every change in order, again until they acknowledge, and can prove it."""

import json
import socket
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from api.register import Register, Settings
from api.sharing import webhooks as module
from api.sharing.outbox import FIRST_PAUSE, LONGEST_PAUSE, Outbox
from api.sharing.subscriptions import FILE, Subscription, Subscriptions, subscribe
from api.sharing.webhooks import Deliverer
from ledger.errors import Unreadable
from ledger.log.proof import InclusionProof
from ledger.log.tree import leaf_hash, verify_inclusion
from ledger.signing.statement import read_stored
from ledger.store.desk_tables import PLACES
from ledger.store.following import Troubles
from ledger.store.leases import LIFE, WEBHOOKS, LeaseLost, Leases, alone, holding
from ledger.store.port import Database
from tests.api.sharing.subscribed import placed, put_file
from tests.projections.test_changes import NUMBER, SECOND, live_through_everything
from tests.records import record
from tests.support import World
from tests.tenures import two
from tests.watched import Watched

__all__ = ["record"]

BASE = "https://register.example.org"
UNFINISHED = 0  # an answer that has not even a status yet
KINDS = [
    "certificate.issued",
    "certificate.suspended",
    "certificate.suspension_lifted",
    "certificate.renewed",
    "certificate.reissued",
    "certificate.withdrawn",
]


class Receiver:
    """A real HTTP server of somebody else; ``answers`` are the statuses that it gives next, then 204.

    After ``UNFINISHED`` and after 200, ``drip`` goes on with the answer.
    """

    def __init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                receiver.answering()
                status = receiver.answers.pop(0) if receiver.answers else 204
                if status == UNFINISHED:
                    receiver.drip(self.wfile.write)
                    return
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.end_headers()
                if status == 200:
                    receiver.drip(self.wfile.write)

            def log_message(self, *_: object) -> None:
                """Silent."""

        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.answering: Callable[[], object] = lambda: None
        self.drip: Callable[[Callable[[bytes], object]], None] = lambda _: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with closing(Receiver()) as receiver:
        yield receiver


class Clock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextmanager
def delivering(world: World, clock: Callable[[], datetime]) -> Iterator[Deliverer]:
    with Register(world.ledger, Settings(base_url=BASE)) as register:
        yield Deliverer(register, Subscriptions(world.ledger), clock, alone)


def subscribed(world: World, url: str, *numbers: str, after: int = 0) -> Subscription:
    """One more subscription, which begins after an entry."""
    subscription = subscribe(url, numbers, internal=False)
    Subscriptions(world.ledger).add(subscription, after)
    return subscription


def trouble(world: World, subscription: Subscription) -> str | None:
    return placed(world.ledger.database, subscription.id).trouble


def test_a_message_verifies_with_the_library_and_not_with_another_secret(
    workshop: World, receiver: Receiver, clock: Clock
) -> None:
    subscription = subscribed(workshop, receiver.url)
    with delivering(workshop, clock) as deliverer:
        assert deliverer.deliver()
    ((headers, body),) = receiver.got
    message = Webhook(subscription.secret).verify(body, headers)
    assert message["type"] == "certificate.issued"
    assert message["data"]["number"] == NUMBER
    assert message["data"]["url"] == f"{BASE}/certificates/{NUMBER}"
    assert "N'Guessan" not in body.decode()
    for wrong in (body + b" ", body.replace(b"issued", b"Issued")):
        with pytest.raises(WebhookVerificationError):
            Webhook(subscription.secret).verify(wrong, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(subscribe(receiver.url, (), internal=False).secret).verify(body, headers)


def test_the_statement_is_proven_by_the_trust_root_alone(workshop: World, receiver: Receiver, clock: Clock) -> None:
    subscribed(workshop, receiver.url)
    live_through_everything(workshop)
    with delivering(workshop, clock) as deliverer:
        deliverer.deliver()
    trust = workshop.ledger.trust
    assert receiver.types == KINDS
    for _, body in receiver.got:
        message = json.loads(body)
        statement, proof = b64decode(message["log"]["statement"]), InclusionProof.parse(message["log"]["proof"])
        checkpoint = trust.opened(proof.checkpoint)
        assert proof.index == message["log"]["index"] == message["data"]["position"] - 1
        verify_inclusion(leaf_hash(statement), proof.index, checkpoint.size, list(proof.path), checkpoint.root)
        event = read_stored(workshop.ledger.entries(proof.index, proof.index + 1)[0].topic, statement).event
        assert event.stream == f"certification:{message['data']['certification']}"


def test_a_failing_receiver_is_told_later_and_in_order(workshop: World, receiver: Receiver, clock: Clock) -> None:
    subscription = subscribed(workshop, receiver.url)
    live_through_everything(workshop)
    receiver.answers = [204, 500, 503]
    with delivering(workshop, clock) as deliverer:
        assert not deliverer.deliver()
        assert receiver.types == KINDS[:2]
        assert not deliverer.deliver()  # too early: it is not asked
        assert len(receiver.got) == 2
        assert trouble(workshop, subscription) == "127.0.0.1: answers 500"
        assert deliverer.failing() == 1
        assert deliverer.backlog() > 0
        clock.ahead += FIRST_PAUSE
        assert not deliverer.deliver()
        clock.ahead += FIRST_PAUSE  # the second pause is twice as long
        assert not deliverer.deliver()
        assert len(receiver.got) == 3
        clock.ahead += FIRST_PAUSE
        assert deliverer.deliver()
        assert deliverer.failing() == deliverer.backlog() == 0
    assert receiver.types == [KINDS[0], KINDS[1], KINDS[1], *KINDS[1:]]
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert ids[1] == ids[2] == ids[3]
    assert len(set(ids)) == 6
    assert trouble(workshop, subscription) is None


def test_a_restart_goes_on_where_it_stopped_and_repeats_nothing(
    workshop: World, receiver: Receiver, clock: Clock
) -> None:
    subscribed(workshop, receiver.url)
    live_through_everything(workshop)
    receiver.answers = [204, 204, 500]
    with delivering(workshop, clock) as deliverer:
        assert not deliverer.deliver()
    with delivering(workshop, clock) as deliverer:
        assert not deliverer.deliver()  # the pause survives as well
        assert len(receiver.got) == 3
        clock.ahead += FIRST_PAUSE
        assert deliverer.deliver()
        assert deliverer.deliver()
    with delivering(workshop, clock) as deliverer:
        assert deliverer.deliver()
    assert receiver.types == [*KINDS[:3], *KINDS[2:]]


def test_one_who_fails_does_not_keep_the_others_waiting(workshop: World, receiver: Receiver, clock: Clock) -> None:
    with closing(Receiver()) as other:
        subscribed(workshop, other.url)
        subscribed(workshop, receiver.url)
        other.answers = [500]
        with delivering(workshop, clock) as deliverer:
            assert not deliverer.deliver()
    assert receiver.types == KINDS[:1]


def test_a_subscription_that_was_removed_is_told_nothing(workshop: World, receiver: Receiver, clock: Clock) -> None:
    subscription = subscribed(workshop, receiver.url)
    with delivering(workshop, clock) as deliverer:
        deliverer.deliver()
        live_through_everything(workshop)
        Subscriptions(workshop.ledger).remove(subscription.id)
        assert deliverer.deliver()
    assert receiver.types == KINDS[:1]


def test_one_that_nobody_placed_begins_with_what_comes(workshop: World, receiver: Receiver, clock: Clock) -> None:
    put_file(workshop.ledger.folder, subscribe(receiver.url, (), internal=False))
    with delivering(workshop, clock) as deliverer:
        assert deliverer.deliver()
    live_through_everything(workshop)
    with delivering(workshop, clock) as deliverer:
        assert deliverer.deliver()
    assert receiver.types == KINDS[1:]


def test_a_number_is_followed_beyond_its_reissue(workshop: World, receiver: Receiver, clock: Clock) -> None:
    live_through_everything(workshop)
    subscribed(workshop, receiver.url, NUMBER)
    with closing(Receiver()) as other:
        subscribed(workshop, other.url, "TOA-PCA-FR-2017-02-BTJ")
        with delivering(workshop, clock) as deliverer:
            assert deliverer.deliver()
        assert other.got == []
    assert receiver.types == KINDS
    assert json.loads(receiver.got[-1][1])["data"]["number"] == SECOND


@pytest.mark.usefixtures("engine")
def test_two_who_deliver_at_once_send_nothing_twice(workshop: World, receiver: Receiver, clock: Clock) -> None:
    subscribed(workshop, receiver.url)
    folder = workshop.ledger.folder
    other = Leases(folder, {WEBHOOKS: ()}, Troubles(), lambda: None)
    with (
        holding(folder, WEBHOOKS) as held,
        other.running(),
        Register(workshop.ledger, Settings(base_url=BASE)) as register,
    ):
        subscriptions = Subscriptions(workshop.ledger)
        assert not Deliverer(register, subscriptions, clock, other.of(WEBHOOKS)).deliver()
        assert receiver.got == []
        assert Deliverer(register, subscriptions, clock, held).deliver()
    assert receiver.types == KINDS[:1]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("status", [200, 500])
def test_who_stood_still_while_it_sent_sends_nothing_more_when_another_took_over(
    workshop: World, receiver: Receiver, clock: Clock, status: int
) -> None:
    """Only the message that was on its way is sent again."""
    subscription = subscribed(workshop, receiver.url)
    live_through_everything(workshop)
    ledger = workshop.ledger
    with (
        two(ledger.folder, ledger.database, WEBHOOKS) as processes,
        Register(ledger, Settings(base_url=BASE)) as register,
    ):
        first, second = (
            Deliverer(register, Subscriptions(ledger), clock, of(WEBHOOKS))
            for of in (processes.first.of, processes.second.of)
        )
        receiver.answering = processes.first_stands_still
        receiver.answers = [status]
        with pytest.raises(LeaseLost):
            first.deliver()
        assert trouble(workshop, subscription) is None
        receiver.answering = lambda: None
        assert not first.deliver()
        assert second.deliver()
    assert receiver.types == [KINDS[0], *KINDS]


@pytest.mark.usefixtures("engine")
def test_who_stands_still_between_two_messages_does_not_send_the_second(
    workshop: World, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(workshop, receiver.url)
    live_through_everything(workshop)
    ledger = workshop.ledger
    with (
        two(ledger.folder, ledger.database, WEBHOOKS) as processes,
        Register(ledger, Settings(base_url=BASE)) as register,
    ):
        deliverer = Deliverer(register, Subscriptions(ledger), clock, processes.first.of(WEBHOOKS))
        acknowledged = Outbox.acknowledged

        def then_stand_still(outbox: Outbox, subscription: str, position: int) -> None:
            acknowledged(outbox, subscription, position)
            processes.pass_by(2 * LIFE)

        monkeypatch.setattr(Outbox, "acknowledged", then_stand_still)
        assert not deliverer.deliver()
    assert receiver.types == KINDS[:1]


@pytest.mark.usefixtures("engine")
def test_what_is_recorded_while_serving_is_sent(
    workshop: World, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    subscribed(workshop, receiver.url)
    with (
        Register(workshop.ledger, Settings(base_url=BASE)) as register,
        register.models.live(),
        Deliverer(register, Subscriptions(workshop.ledger), clock, alone).running(workshop.ledger.log.appends),
    ):
        live_through_everything(workshop)
        for _ in range(500):
            if len(receiver.got) == len(KINDS):
                break
            time.sleep(0.02)
    assert receiver.types == KINDS


def test_a_broken_file_stops_nothing_and_is_told_until_it_is_mended(
    workshop: World, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    subscription = subscribe(receiver.url, (), internal=False)
    broken, troubles = workshop.ledger.folder / FILE, Troubles()
    broken.write_bytes(b"{" * 8192)
    with (
        Register(workshop.ledger, Settings(base_url=BASE), troubles) as register,
        register.models.live(),
        Deliverer(register, Subscriptions(workshop.ledger), clock, alone, troubles).running(
            workshop.ledger.log.appends
        ),
    ):
        for _ in range(200):
            if troubles:
                break
            time.sleep(0.02)
        assert troubles == {"webhooks": "Unreadable (see pca-ledger webhooks list)"}
        assert register.health().status == "ok"
        put_file(broken.parent, subscription)
        for _ in range(500):
            if not troubles:
                break
            time.sleep(0.02)
        live_through_everything(workshop)
        for _ in range(500):
            if len(receiver.got) == len(KINDS) - 1:
                break
            time.sleep(0.02)
    assert receiver.types == KINDS[1:]


@pytest.mark.usefixtures("engine")
def test_one_that_cannot_be_opened_is_told_and_the_others_are_sent_theirs(
    workshop: World, receiver: Receiver, clock: Clock
) -> None:
    lost = subscribed(workshop, receiver.url)
    subscribed(workshop, receiver.url)
    workshop.ledger.keys.destroy([f"webhooks:{lost.id}"])
    with delivering(workshop, clock) as deliverer, pytest.raises(Unreadable, match=lost.id):
        deliverer.deliver()
    assert receiver.types == KINDS[:1]


@pytest.mark.usefixtures("engine")
def test_a_file_beside_a_process_that_has_not_the_duty_is_taken_in(
    workshop: World, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    subscription = subscribe(receiver.url, (), internal=False)
    file = put_file(workshop.ledger.folder, subscription)
    kept = Subscriptions(workshop.ledger)
    with (
        Register(workshop.ledger, Settings(base_url=BASE)) as register,
        Deliverer(register, kept, clock, lambda: None).running(workshop.ledger.log.appends),
    ):
        for _ in range(500):
            if not file.exists():
                break
            time.sleep(0.02)
    assert [one.subscription for one in kept.all()] == [subscription]


def test_what_no_checkpoint_covers_yet_is_sent_once_one_does(
    workshop: World, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The read models may hold an entry a moment before it can be proven: that is no failure, and costs no pause."""
    subscription = subscribed(workshop, receiver.url)
    with delivering(workshop, clock) as deliverer:
        with monkeypatch.context() as before:
            before.setattr(Register, "covered", lambda _: 0)
            assert not deliverer.deliver()
        assert receiver.got == []
        assert trouble(workshop, subscription) is None
        assert deliverer.deliver()
    assert receiver.types == ["certificate.issued"]


def test_a_redirect_is_no_acknowledgement_and_not_followed(workshop: World, receiver: Receiver, clock: Clock) -> None:
    subscription = subscribed(workshop, receiver.url)
    receiver.answers = [302]
    with delivering(workshop, clock) as deliverer:
        assert not deliverer.deliver()
    assert len(receiver.got) == 1
    assert trouble(workshop, subscription) == "127.0.0.1: answers 302"


def test_an_answer_without_end_is_cut_off(workshop: World, receiver: Receiver, clock: Clock) -> None:
    subscription = subscribed(workshop, receiver.url)

    def flood(write: Callable[[bytes], object]) -> None:
        with suppress(OSError):  # cut off
            for _ in range(1000):
                write(b"x" * 10_000)

    receiver.answers, receiver.drip = [200], flood
    with delivering(workshop, clock) as deliverer:
        assert not deliverer.deliver()
    assert "answers more than 65536 bytes" in (trouble(workshop, subscription) or "")


@pytest.mark.parametrize("status", [200, UNFINISHED])
def test_an_answer_that_drips_is_cut_off(
    workshop: World, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(module, "DEADLINE", 0.5)
    subscription = subscribed(workshop, receiver.url)

    def drip(write: Callable[[bytes], object]) -> None:
        with suppress(OSError):  # cut off
            for character in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 80:
                write(bytes([character]))
                time.sleep(0.1)

    receiver.answers, receiver.drip = [status], drip
    started = time.monotonic()
    with delivering(workshop, clock) as deliverer:
        assert not deliverer.deliver()
    assert time.monotonic() - started < 4
    assert trouble(workshop, subscription)


def test_nobody_there_is_a_failure_like_another(workshop: World, clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    subscription = subscribed(workshop, f"http://127.0.0.1:{port}/hook")
    with delivering(workshop, clock) as deliverer:
        assert not deliverer.deliver()
    assert "nothing listens" in (trouble(workshop, subscription) or "")


@pytest.mark.usefixtures("engine")
def test_pauses_grow_to_half_a_day(record: Database) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    outbox = Outbox(record)
    outbox.begin("a", 7)
    pauses = []
    for _ in range(40):
        outbox.failed("a", placed(record, "a"), "down", now)
        pauses.append(placed(record, "a").again - now)
    assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    outbox.begin("a", 0)
    assert placed(record, "a").position == 7
    outbox.forget("a")
    outbox.acknowledged("a", 9)  # the message was on its way
    assert record.run(select(PLACES)) == []


def test_nothing_is_told_before_it_is_witnessed(
    watching: Callable[..., Watched], receiver: Receiver, clock: Clock
) -> None:
    watched = watching()
    world = watched.world
    world.workshop()
    subscribed(world, receiver.url)
    with delivering(world, clock) as deliverer:
        assert deliverer.deliver()
    assert receiver.got == []
    assert watched.collector.collect()
    with delivering(world, clock) as deliverer:
        assert deliverer.deliver()
    ((_, body),) = receiver.got
    proof = InclusionProof.parse(json.loads(body)["log"]["proof"])
    assert world.ledger.trust.witnesses.require(proof.checkpoint)


def test_dates_of_the_message_are_those_of_the_change(workshop: World, receiver: Receiver, clock: Clock) -> None:
    subscribed(workshop, receiver.url)
    with delivering(workshop, clock) as deliverer:
        deliverer.deliver()
    message = json.loads(receiver.got[0][1])
    assert date.fromisoformat(message["data"]["effective_from"]) == date(2017, 5, 19)
    assert message["timestamp"] == "2017-05-19T16:00:22+00:00"
