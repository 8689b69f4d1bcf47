"""Following the log: work is done at once and after each append, and nothing but stopping ends it."""

import logging
from threading import Event
from time import monotonic

import pytest

from ledger.errors import Corrupt
from ledger.store import following
from ledger.store.following import Appends, Follower, Troubles, reason
from ledger.store.port import Unavailable
from tests.support import World


def test_work_is_done_at_once_and_after_each_append() -> None:
    appends, done, troubles = Appends(), Event(), Troubles()
    follower = Follower("test", done.set, 60, troubles.of("test"))
    with follower.running(appends):
        assert done.wait(10)
        done.clear()
        appends.announce()
        assert done.wait(10)
        done.clear()
        follower.wake()
        assert done.wait(10)
    done.clear()
    appends.announce()
    assert not done.wait(0.05)
    assert troubles == {}


def test_what_fails_is_done_again_until_it_works_and_is_told_meanwhile(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Case R1."""
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.01)
    troubles, seen, done = Troubles(), list[dict[str, str]](), Event()
    failing: list[Exception] = [KeyError("Awa"), OSError("disk full"), OSError("disk full")]

    def work() -> None:
        seen.append(dict(troubles.data))
        if failing:
            raise failing.pop()
        done.set()

    with caplog.at_level(logging.WARNING), Follower("test", work, 60, troubles.of("test")).running(Appends()):
        assert done.wait(10)
    # The text of an error that nobody foresaw may hold a name.
    assert seen == [{}, {"test": "disk full"}, {"test": "disk full"}, {"test": "KeyError"}]
    assert [record.getMessage() for record in caplog.records] == ["test: disk full", "test: KeyError"]
    assert troubles == {}


def test_a_pause_becomes_no_longer_than_the_limit_and_an_append_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LONGEST_PAUSE", 60.0)
    monkeypatch.setattr(following, "FIRST_PAUSE", 60.0)
    appends, tried = Appends(), Event()

    def work() -> None:
        tried.set()
        raise OSError("disk full")

    begun = monotonic()
    with Follower("test", work, 60, Troubles().of("test")).running(appends):
        for _ in range(3):
            assert tried.wait(10)
            tried.clear()
            appends.announce()
    assert monotonic() - begun < 30, "stopping does not wait for the pause either"


def test_a_trouble_lasts_from_its_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    troubles, now = Troubles(), 100.0
    monkeypatch.setattr(following, "monotonic", lambda: now)
    troubles["north"] = "has not answered yet"
    now = 136.0
    troubles["north"] = "another tree"
    assert troubles.lasting() == {"north": ("another tree", 36)}
    del troubles["north"]
    assert troubles.lasting() == {}


def test_a_subscription_outlives_what_passes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.01)
    select, failing = world.ledger.log.select_notifications, [Unavailable("database is locked")]

    def falter(*arguments: object, **options: object) -> object:
        if failing:
            raise failing.pop()
        return select(*arguments, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(world.ledger.log, "select_notifications", falter)
    with world.ledger.log.subscribe() as subscription:
        assert next(subscription).id == 1
        world.do("grant-role", "director", person_id="security", role="registrar")
        assert next(subscription).id == 2
    assert not failing


def test_what_is_said_of_a_failure_names_no_path_and_nothing_that_somebody_typed() -> None:
    assert reason(FileNotFoundError(2, "No such file", "/home/Awa")) == "No such file"
    assert reason(OSError("register.example: answers 500")) == "register.example: answers 500"
    assert reason(Corrupt("projection-differs", "run: pca-ledger rebuild")) == "run: pca-ledger rebuild"
    assert reason(ValueError("Awa")) == "ValueError"
