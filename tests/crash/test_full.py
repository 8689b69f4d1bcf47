"""A full disk: who waits is told that nothing was recorded; once there is room, it goes on."""

import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from eventsourcing.persistence import PersistenceError

from api.secretariat.inbox import Inbox
from ledger.auditing import audit
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt
from ledger.store.writer import Writer
from tests.api.secretariat.test_http import BASE, GRANT, Officer
from tests.serving import client_of
from tests.support import World


@contextmanager
def full(ledger: Ledger) -> Iterator[None]:
    """No file of this process may grow beyond what the ledger's write-ahead log has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((ledger.folder / "ledger.db-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_everyone_in_the_group_is_told_and_nothing_is_half_done(staffed: World) -> None:
    ledger, size = staffed.ledger, staffed.ledger.size()
    submissions = [
        staffed.submission("grant-role", "director", person_id=person, role="moderator")
        for person in ("panel1", "panel2", "assessor1")
    ]
    with Writer(ledger) as writer:
        with full(ledger):
            for waiting in [writer.submit(submission) for submission in submissions]:
                with pytest.raises(PersistenceError):
                    waiting.result(timeout=30)
            assert ledger.size() == size
        answers = [writer.submit(submission).result(timeout=30) for submission in submissions]
    assert [answer.index for answer in answers if isinstance(answer, Receipt)] == [size, size + 1, size + 2]
    assert audit(ledger.folder).clean


def test_over_http_it_is_not_available_and_goes_on_later(staffed: World) -> None:
    staffed.now = datetime.now(UTC)
    ledger = staffed.ledger
    with closing(Inbox(ledger)) as inbox, client_of(ledger, BASE, inbox=inbox) as client:
        director = Officer(client, "director")
        prepared = director.prepare(GRANT).json()
        with full(ledger):
            answer = director.sign(prepared)
            assert (answer.status_code, answer.json()["code"]) == (503, "storage")
            assert "was not recorded" in answer.json()["detail"]
        assert director.sign(prepared).status_code == 201
