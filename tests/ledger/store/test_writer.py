"""Many callers, one thread that writes: each gets its own answer, and what waits is one commit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from time import sleep

import msgspec
import pytest

from ledger.domain.record import Stream
from ledger.domain.refusal import Refused
from ledger.errors import Unverifiable
from ledger.store import writer as writers
from ledger.store.ledger import Ledger
from ledger.store.publishing import PUBLISHED
from ledger.store.submission import Receipt, Submission
from ledger.store.writer import Writer
from tests.scenario import names
from tests.support import World

pytestmark = pytest.mark.usefixtures("engine")


class Gate:
    """A clock that blocks its readers until it is opened; it can fail at the nth reading."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._opened = Event()
        self.asked = Event()
        self.times_asked = 0
        self.fails_at = 0

    def open(self) -> None:
        self._opened.set()

    def __call__(self) -> datetime:
        self.times_asked += 1
        self.asked.set()
        assert self._opened.wait(30)
        if self.times_asked == self.fails_at:
            raise OSError("the clock stands still")
        return self._world.now


@pytest.fixture
def gate(world: World) -> Gate:
    world.appoint()
    return Gate(world)


@pytest.fixture
def ledger(world: World, gate: Gate) -> Iterator[Ledger]:
    """The world's ledger as another process opens it, on the clock that stops."""
    with Ledger.open(world.ledger.folder, gate, is_simulated=True) as ledger:
        yield ledger


def registration(world: World, person_id: str) -> Submission:
    return world.submission("register-person", "registrar", person_id=person_id, details=names("Awa"))


def kept(ledger: Ledger) -> str:
    return (ledger.folder / PUBLISHED).read_text(encoding="utf-8")


def commits(ledger: Ledger) -> list[int]:
    """Return the sizes of the log after each commit."""
    return [size for size, _ in ledger.notes.checkpoints()]


def test_callers_in_many_threads_each_get_their_own_answer(world: World) -> None:
    world.appoint()
    submissions = [registration(world, f"p{number}") for number in range(20)]
    with Writer(world.ledger) as writer, ThreadPoolExecutor(5) as callers:
        receipts = list(callers.map(writer.record, submissions))
    assert [receipt.stream for receipt in receipts] == [f"person:p{number}" for number in range(20)]
    assert sorted(receipt.index for receipt in receipts) == list(range(world.ledger.size() - 20, world.ledger.size()))


@pytest.mark.parametrize(("max_batch", "sizes"), [(100, [1, 6]), (2, [1, 3, 5, 6])])
def test_what_waits_together_is_one_commit_of_bounded_size(
    world: World, gate: Gate, ledger: Ledger, max_batch: int, sizes: list[int]
) -> None:
    before, known = ledger.size(), commits(ledger)
    submissions = [registration(world, f"p{number}") for number in range(6)]
    with Writer(ledger, max_batch) as writer:
        answers = [writer.submit(submissions[0])]
        assert gate.asked.wait(30)  # the first batch is under way, alone
        answers += [writer.submit(submission) for submission in submissions[1:]]
        assert writer.waiting() == len(submissions) - 1
        gate.open()
    assert [answer.result() for answer in answers] == [
        Receipt(before + number, f"person:p{number}", 1, "person-registered/v1") for number in range(6)
    ]
    assert commits(ledger)[len(known) :] == [before + size for size in sizes]


def test_only_the_caller_of_a_refused_statement_gets_the_refusal(world: World) -> None:
    world.appoint()
    twice = [registration(world, "p1"), registration(world, "p1")]
    nothing = msgspec.structs.replace(twice[0], envelope=b"{}")
    with Writer(world.ledger) as writer:
        assert writer.record(twice[0]).index == world.ledger.size() - 1
        with pytest.raises(Refused):
            writer.record(twice[1])
        with pytest.raises(Unverifiable):
            writer.record(nothing)


def test_when_a_batch_fails_each_caller_gets_the_error_and_the_next_is_recorded(
    world: World, gate: Gate, ledger: Ledger
) -> None:
    submissions = [registration(world, f"p{number}") for number in range(4)]
    gate.fails_at = 2
    with Writer(ledger) as writer:
        alone = writer.submit(submissions[0])
        assert gate.asked.wait(30)
        together = [writer.submit(submission) for submission in submissions[1:3]]
        gate.open()
        assert isinstance(alone.result(), Receipt)
        assert [type(answer.exception()) for answer in together] == [OSError, OSError]
        assert writer.record(submissions[3]).stream == "person:p3"
    assert ledger.read().version(Stream("person", "p1")) == 0


def test_closing_records_what_waits_and_takes_nothing_more(world: World, gate: Gate, ledger: Ledger) -> None:
    submissions = [registration(world, f"p{number}") for number in range(3)]
    with Writer(ledger) as writer, ThreadPoolExecutor(1) as other:
        answers = [writer.submit(submission) for submission in submissions]
        closing = other.submit(writer.close)
        gate.open()
        closing.result()
        assert all(isinstance(answer.result(0), Receipt) for answer in answers)
        with pytest.raises(RuntimeError, match="closed"):
            writer.submit(submissions[0])


def test_what_is_cancelled_while_it_waits_is_never_recorded(world: World, gate: Gate, ledger: Ledger) -> None:
    first, second = registration(world, "p1"), registration(world, "p2")
    with Writer(ledger) as writer:
        running = writer.submit(first)
        assert gate.asked.wait(30)
        waiting = writer.submit(second)
        assert waiting.cancel()
        assert not running.cancel()
        gate.open()
    assert isinstance(running.result(), Receipt)
    assert ledger.read().version(Stream("person", "p2")) == 0


def test_a_checkpoint_is_kept_beside_the_database_soon_and_before_it_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.appoint()
    before = kept(world.ledger)
    with Writer(world.ledger) as writer:
        writer.record(registration(world, "p1"))
        assert kept(world.ledger) == before != world.ledger.checkpoint() == kept(world.ledger)
        writer.record(registration(world, "p2"))
    assert (world.ledger.size(), kept(world.ledger)) == world.ledger.notes.latest_published(), "closing keeps it"
    monkeypatch.setattr(writers, "KEPT_SECONDS", 0.0)
    with Writer(world.ledger) as writer:
        writer.record(registration(world, "p3"))
        while (world.ledger.size(), kept(world.ledger)) != world.ledger.notes.latest_published():
            sleep(0.001)


def test_a_note_that_cannot_be_kept_stops_nobody_from_recording_and_is_not_shown(world: World) -> None:
    world.appoint()
    (world.ledger.folder / PUBLISHED).write_text("damaged", encoding="utf-8")
    for number in range(2):
        with Writer(world.ledger) as writer:
            assert writer.record(registration(world, f"p{number}")).stream == f"person:p{number}"
        with pytest.raises(Unverifiable):
            world.ledger.checkpoint()
