"""Calls in a process of their own: results, exceptions, and each limit."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import Any

import pytest

from api import confined
from api.confined import Limits, Patience, Stopped, run, run_within
from ledger.errors import Unverifiable
from ledger.words import Words

TIGHT = Limits(memory=64 * 1024 * 1024, cpu=1, seconds=2)


def doubled(texts: list[str], *, times: int = 2) -> list[tuple[str, Words]]:
    return [(text * times, Words(text, text)) for text in texts]


def unverifiable() -> None:
    raise Unverifiable("presented-unknown", "expected a certificate")


def not_a_date() -> None:
    raise ValueError("line 3: expected a date")


def with_a_fault(name: str) -> str:
    return {"other": name}[name]


def greedy(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


def endless() -> None:
    while True:
        pass


def asleep() -> None:
    time.sleep(60)


def aborting() -> None:
    os.abort()


def printing() -> int:
    print("A person's name")  # noqa: T201 - what a parser may do
    os.write(2, b"A person's name")
    return os.read(0, 1).__len__()


def lying() -> int:
    result: Any = ["not", "a", "number"]
    return int(result) if isinstance(result, str) else result


def of(length: int) -> bytes:
    return bytes(length)


def test_a_result_comes_back_as_the_types_that_are_declared() -> None:
    assert run(doubled, ["a"], times=3) == [("aaa", Words("a", "a"))]


def test_what_the_function_raises_about_its_input_is_raised_here() -> None:
    with pytest.raises(Unverifiable, match="expected a certificate") as refused:
        run(unverifiable)
    assert refused.value.code == "presented-unknown"
    with pytest.raises(ValueError, match="line 3: expected a date"):
        run(not_a_date)


def test_a_fault_of_the_function_is_named_by_class_and_place_and_without_values() -> None:
    with pytest.raises(Stopped, match=r"KeyError, test_confined\.py:\d+") as stopped:
        run(with_a_fault, "Hélène")
    assert stopped.value.reason == "crashed"
    assert "Hélène" not in str(stopped.value)


def test_memory_is_limited() -> None:
    assert run_within(TIGHT, None, greedy, 40) == 40 * 1024 * 1024
    with pytest.raises(Stopped, match="more than 64 MB") as stopped:
        run_within(TIGHT, None, greedy, 200)  # more than the limit and all that a worker may give back
    assert stopped.value.reason == "memory"


def test_an_answer_is_limited_too() -> None:
    most = confined.MAX_ANSWER_BYTES - 16
    assert len(run(of, most)) == most
    with pytest.raises(Stopped) as stopped:
        run(of, confined.MAX_ANSWER_BYTES)
    assert stopped.value.reason == "memory"


@pytest.mark.parametrize("function", [endless, asleep])
def test_time_is_limited(function: Any) -> None:
    begun = time.monotonic()
    with pytest.raises(Stopped, match="longer than 1 seconds") as stopped:
        run_within(TIGHT, None, function)
    assert stopped.value.reason == "time"
    assert time.monotonic() - begun < 10


def test_a_crash_is_named_by_its_signal_and_the_next_call_is_served() -> None:
    with pytest.raises(Stopped, match="SIGABRT") as stopped:
        run(aborting)
    assert stopped.value.reason == "crashed"
    assert run(doubled, []) == []


def test_nothing_is_printed_and_nothing_can_be_read(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(printing) == 0
    assert capfd.readouterr() == ("", "")


def test_a_result_of_another_type_is_no_result() -> None:
    with pytest.raises(Stopped) as stopped:
        run(lying)
    assert stopped.value.reason == "crashed"
    assert "number" not in str(stopped.value)  # nothing of it is repeated


def test_a_call_ends_when_nobody_waits_for_it() -> None:
    patience = Patience(60)
    Timer(0.5, patience.leave).start()
    begun = time.monotonic()
    with pytest.raises(Stopped) as stopped:
        run_within(Limits(), patience, asleep)
    assert stopped.value.reason == "left"
    assert time.monotonic() - begun < 10
    with pytest.raises(Stopped, match="nobody waits"):
        run_within(Limits(), patience, doubled, [])


def test_a_call_ends_when_its_time_is_over() -> None:
    with pytest.raises(Stopped) as stopped:
        run_within(Limits(), Patience(0.5), asleep)
    assert stopped.value.reason == "time"


def test_more_calls_than_places_wait_for_one_and_leave_it() -> None:
    calls = 2 * confined.AT_ONCE
    with ThreadPoolExecutor(calls) as threads:
        assert list(threads.map(lambda text: run(doubled, [text])[0][0], "abcdefgh")) == [2 * t for t in "abcdefgh"]
    assert len(confined._idle) <= confined.AT_ONCE


def test_a_worker_that_was_killed_is_replaced() -> None:
    run(doubled, [])
    for worker in confined._idle:
        os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
    assert run(doubled, []) == []
