"""A duty is done by one process at a time, whatever stops, dies or has another clock: on each engine."""

import os
import random
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from sqlalchemy import select

from ledger.store import leases as module
from ledger.store.following import Troubles
from ledger.store.leases import (
    LEASES,
    LIFE,
    MARGIN,
    PUBLISHING,
    RENEWED,
    TROUBLE,
    HeldElsewhere,
    LeaseLost,
    Leases,
    Tenure,
    alone,
    holding,
    on_duty,
)
from ledger.store.port import Database, Unavailable
from tests.records import record
from tests.tenures import Times

__all__ = ["record"]

pytestmark = pytest.mark.usefixtures("engine")

DUTY = PUBLISHING


@pytest.fixture
def times(record: Database) -> Times:
    return Times(record)


@pytest.fixture
def process(tmp_path: Path, times: Times) -> Iterator[Callable[..., Leases]]:
    """Make the leases of one more process; none of them looks by itself."""
    with ExitStack() as stack:

        def make(
            ahead: float = 0.0, troubles: Troubles | None = None, taken: Callable[[], object] = object, *names: str
        ) -> Leases:
            leases = Leases(
                tmp_path, {DUTY: names}, Troubles() if troubles is None else troubles, taken, times.of(ahead)
            )
            stack.callback(leases.close)
            return leases

        yield make


def write(record: Database, leases: Leases) -> None:
    """Write something that belongs to the duty."""
    tenure = leases.of(DUTY)()
    assert tenure is not None
    with record.transaction(commit=True) as cursor:
        tenure.require(cursor)


def test_one_of_two_holds_a_duty_and_the_other_waits(record: Database, process: Callable[..., Leases]) -> None:
    taken = list[str]()
    first, second = process(taken=lambda: taken.append("first")), process(taken=lambda: taken.append("second"))
    for _ in range(3):
        first.look()
        second.look()
    assert (first.held(), second.held()) == ({DUTY: True}, {DUTY: False})
    assert second.of(DUTY)() is None
    assert taken == ["first"]
    write(record, first)


def test_it_is_renewed_and_taken_over_only_after_its_end(times: Times, process: Callable[..., Leases]) -> None:
    first, second = process(), process(3600.0)
    first.look()
    for _ in range(10):
        times.pass_by(RENEWED)
        first.look()
        second.look()
    assert (first.held(), second.held()) == ({DUTY: True}, {DUTY: False})
    times.pass_by(LIFE - MARGIN)
    second.look()
    assert (first.held(), second.held()) == ({DUTY: False}, {DUTY: False})  # one stops before another may begin
    times.pass_by(2 * MARGIN)
    second.look()
    assert (first.held(), second.held()) == ({DUTY: False}, {DUTY: True})


def test_who_was_stopped_writes_nothing_once_another_took_over(
    record: Database, times: Times, process: Callable[..., Leases]
) -> None:
    first, second = process(), process()
    first.look()
    before = first.of(DUTY)()
    assert before is not None
    times.pass_by(60)
    second.look()
    with pytest.raises(LeaseLost, match="another process"), record.transaction(commit=True) as cursor:
        before.require(cursor)
    write(record, second)
    first.look()
    assert (first.held(), second.held()) == ({DUTY: False}, {DUTY: True})
    times.pass_by(60)
    first.look()
    write(record, first)
    with pytest.raises(LeaseLost), record.transaction(commit=True) as cursor:
        before.require(cursor)  # what was begun in an earlier tenure is not written in a later one


def test_who_was_stopped_goes_on_when_nobody_took_over(
    record: Database, times: Times, process: Callable[..., Leases]
) -> None:
    only = process()
    only.look()
    tenure = only.of(DUTY)()
    assert tenure is not None
    times.pass_by(3600)
    assert not tenure.is_held
    with record.transaction(commit=True) as cursor:
        tenure.require(cursor)
    only.look()
    assert only.of(DUTY)() is tenure


def test_a_database_clock_that_is_set_back_keeps_no_duty_from_being_taken_over(
    times: Times, process: Callable[..., Leases]
) -> None:
    first, second = process(), process()
    first.look()
    times.pass_by(-3600)
    second.look()
    assert second.held() == {DUTY: True}


def test_what_is_released_is_taken_at_once(record: Database, process: Callable[..., Leases]) -> None:
    first, second = process(), process()
    first.look()
    tenure = first.of(DUTY)()
    assert tenure is not None
    first.release()
    assert first.held() == {DUTY: False}
    with pytest.raises(LeaseLost), record.transaction(commit=True) as cursor:
        tenure.require(cursor)
    second.look()
    assert second.held() == {DUTY: True}


def test_a_renewal_that_comes_too_late_gives_nothing(
    times: Times, process: Callable[..., Leases], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = process(), process()
    first.look()
    times.pass_by(LIFE + RENEWED)
    own = Troubles.own

    def slow(troubles: Troubles, names: frozenset[str]) -> dict[str, tuple[str, int]]:
        second.look()  # between the look of the first and its renewal
        return own(troubles, names)

    with monkeypatch.context() as patch:
        patch.setattr(Troubles, "own", slow)
        first.look()
    assert (first.held(), second.held()) == ({DUTY: False}, {DUTY: True})


def test_of_two_who_see_the_end_one_takes(
    record: Database, process: Callable[..., Leases], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = process(), process()
    taken = first._take

    def late(duty: str) -> None:
        second.look()
        taken(duty)

    monkeypatch.setattr(first, "_take", late)
    first.look()
    assert (first.held(), second.held()) == ({DUTY: False}, {DUTY: True})
    write(record, second)


def test_a_taking_whose_answer_was_lost_is_found(
    record: Database, process: Callable[..., Leases], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit came through, and its answer did not: the row says whose it is."""
    only = process()

    def lost(*_: object) -> None:
        raise Unavailable("connection lost")

    with monkeypatch.context() as patch:
        patch.setattr(only, "_hold", lost)
        with pytest.raises(Unavailable):
            only.look()
    assert only.held() == {DUTY: False}
    only.look()
    write(record, only)


def test_what_fails_for_the_holder_every_process_says(times: Times, process: Callable[..., Leases]) -> None:
    here, there = Troubles(), Troubles()
    first, second = process(0.0, here, object, "north"), process(0.0, there, object, "north")
    first.look()
    here["north"], here["read-models"], there["north"] = "has not answered yet", "disk full", "of an earlier tenure"
    times.pass_by(RENEWED)
    first.look()
    second.look()
    assert there.lasting() == {"north": ("has not answered yet", 0)}
    assert there == {}
    assert set(here.lasting()) == {"north", "read-models"}
    times.pass_by(2 * LIFE)
    second.look()
    assert there.lasting() == {}
    first.look()
    assert here.lasting() == {"read-models": ("disk full", 0)}


@pytest.mark.parametrize("seed", range(4))
def test_no_two_hold_a_duty_and_none_writes_after_a_later_one(
    record: Database, times: Times, tmp_path: Path, seed: int
) -> None:
    """Random looks, pauses, deaths, answers that come late, and clocks that differ by hours."""
    dice = random.Random(seed)  # noqa: S311 - repeatable
    opened, written, is_judged = dict[int, Leases](), list[int](), False
    with ExitStack() as stack:

        def started() -> Leases:
            ahead = dice.uniform(-7200, 7200)

            def clock() -> float:
                asked = times.now + ahead
                if dice.random() < 0.1 and not is_judged:
                    times.pass_by(dice.uniform(0, 2 * LIFE))  # a pause between the asking and what it is for
                return asked

            leases = Leases(tmp_path, {DUTY: ()}, Troubles(), object, clock)
            stack.callback(leases.close)
            return leases

        for _ in range(150):
            number = dice.randrange(3)
            if number not in opened or dice.random() < 0.05:
                opened[number] = started()  # in the place of one that died
            leases = opened[number]
            tenure = leases.of(DUTY)()
            if tenure is not None and dice.random() < 0.6:
                if dice.random() < 0.3:
                    times.pass_by(dice.uniform(0, 2 * LIFE))
                    opened[dice.randrange(len(opened))].look() if len(opened) == 3 else None
                with suppress(LeaseLost), record.transaction(commit=True) as cursor:
                    tenure.require(cursor)
                    ((_, holder, epoch, *_),) = cursor.run(select(LEASES))
                    assert holder == leases.holder
                    written.append(epoch)
            else:
                leases.look()
            times.pass_by(dice.uniform(0, RENEWED))
            is_judged = True
            assert sum(one.held()[DUTY] for one in opened.values()) <= 1
            is_judged = False
    assert written == sorted(written)
    assert len(set(written)) > 1


def test_a_command_holds_a_duty_for_as_long_as_it_runs(record: Database, tmp_path: Path) -> None:
    for _ in range(2):
        with holding(tmp_path, DUTY) as held:
            tenure = held()
            assert tenure is not None
            with record.transaction(commit=True) as cursor:
                tenure.require(cursor)
        assert held() is None


def test_a_command_waits_for_a_holder_that_died(
    times: Times, process: Callable[..., Leases], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process().look()

    def passing(_: float) -> None:
        times.pass_by(1)
        sleep(0.1)

    monkeypatch.setattr(module, "sleep", passing)
    with holding(tmp_path, DUTY) as held:
        assert held() is not None


def test_a_command_says_who_holds_a_duty(
    times: Times, process: Callable[..., Leases], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living = process()
    living.look()

    def renewed(_: float) -> None:
        times.pass_by(RENEWED)
        living.look()

    monkeypatch.setattr(module, "sleep", renewed)
    said = f"another process does this: {socket.gethostname()}, process {os.getpid()}"
    with pytest.raises(HeldElsewhere, match=re.escape(said)) as raised, holding(tmp_path, DUTY):
        pytest.fail("it is held")
    assert raised.value.words.fr.startswith("un autre processus")


def test_a_process_beside_which_no_other_is_has_every_duty(record: Database) -> None:
    with record.transaction(commit=True) as cursor:
        alone().require(cursor)
    assert alone().is_held


def test_a_duty_is_done_when_it_was_taken_when_something_is_new_and_after_some_time(
    process: Callable[..., Leases], times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases, other = process(), process()
    done, state, now = list[int](), 1, 100.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    follow = on_duty(leases.of(DUTY), lambda: state, 10, lambda _: done.append(state))
    follow()
    assert done == []  # it is not held
    leases.look()
    follow()
    follow()
    assert done == [1]
    state = 2
    follow()
    assert done == [1, 2]
    now += 10
    follow()
    assert done == [1, 2, 2]
    for taker in (other, leases):
        times.pass_by(2 * LIFE)
        taker.look()
    leases.look()
    follow()
    assert done == [1, 2, 2, 2]


def test_whoever_lost_a_duty_in_the_middle_leaves_it_to_the_other(
    record: Database, process: Callable[..., Leases], times: Times
) -> None:
    leases, other = process(), process()
    leases.look()

    def work(tenure: Tenure) -> None:
        times.pass_by(2 * LIFE)
        other.look()
        with record.transaction(commit=True) as cursor:
            tenure.require(cursor)
            pytest.fail("it is lost")

    on_duty(leases.of(DUTY), object, 10, work)()
    assert leases.held() == {DUTY: False}


def test_a_database_that_cannot_be_asked_is_a_trouble_and_the_duty_ends_by_itself(
    record: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles, taken = Troubles(), Event()
    leases = Leases(tmp_path, {DUTY: ()}, troubles, taken.set)
    with leases.running():
        assert taken.is_set()

        def cut(**_: object) -> None:
            raise Unavailable("connection lost")

        with monkeypatch.context() as patch:
            patch.setattr(leases._database, "transaction", cut)
            until(lambda: "connection lost" in troubles.get(TROUBLE, "") and not leases.held()[DUTY])
        until(lambda: TROUBLE not in troubles and leases.held()[DUTY])
        monkeypatch.setattr(leases._database, "transaction", cut)  # nor can it be released
    assert leases.held() == {DUTY: False}
    assert record.run(select(LEASES.c.holder))[0].holder == leases.holder


def until(reached: Callable[[], bool]) -> None:
    for _ in range(400):
        if reached():
            return
        sleep(0.05)
    pytest.fail("it was never reached")
