"""Following the log: work is done at once and after each append, and what ends it is kept."""

from threading import Event

import pytest

from ledger.store.following import Appends, Follower


def test_work_is_done_at_once_and_after_each_append() -> None:
    appends, done = Appends(), Event()
    follower = Follower("test", done.set, seconds=60)
    with follower.running(appends):
        assert done.wait(10)
        done.clear()
        appends.announce()
        assert done.wait(10)
    done.clear()
    appends.announce()
    assert not done.wait(0.05)
    assert follower.failure is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_ends_the_work_is_kept() -> None:
    error, failed = OSError("no such disk"), Event()

    def work() -> None:
        failed.set()
        raise error

    follower = Follower("test", work, seconds=60)
    with follower.running(Appends()):
        assert failed.wait(10)
    assert follower.failure is error
