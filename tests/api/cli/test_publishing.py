"""``publish`` beside a process that publishes already."""

from collections.abc import Callable
from threading import Thread
from time import sleep

import pytest

from api.cli import publishing
from api.cli.publishing import collected
from ledger.store.leases import PUBLISHING, HeldElsewhere, holding
from tests.watched import Watched


def test_publish_waits_for_the_process_that_publishes(watching: Callable[..., Watched]) -> None:
    watched = watching()
    ledger = watched.world.ledger

    def later() -> None:
        sleep(2)
        watched.collector.collect()

    with holding(ledger.folder, PUBLISHING):
        other = Thread(target=later)
        other.start()
        assert collected(ledger, None) == []
        other.join()
    assert ledger.publications.size == ledger.size()


def test_publish_names_the_process_that_publishes_when_that_takes_too_long(
    watching: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "PATIENCE", 0.5)
    ledger = watching().world.ledger
    with holding(ledger.folder, PUBLISHING), pytest.raises(HeldElsewhere):
        collected(ledger, None)
    assert ledger.publications.size == 0
