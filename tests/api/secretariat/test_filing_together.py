"""Statements that belong together are filed all or none, each on top of those before it, once for each key."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from api.secretariat.filing import NotTogether, file_together
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, proposal
from api.secretariat.refusals import NotFiled
from ledger.errors import Conflict
from tests.scenario import names
from tests.support import World

pytestmark = pytest.mark.usefixtures("engine")

KEY, BODY = "key", b"body"


@pytest.fixture
def inbox(staffed: World) -> Iterator[Inbox]:
    with closing(Inbox(staffed.ledger)) as inbox:
        yield inbox


def registration(person: str, employer: str = "FR") -> list[Proposal]:
    since = "2016-01-01"
    return [
        proposal("register-person", "registrar", person_id=person, details=names(person)),
        proposal("record-employment", "registrar", person_id=person, administration_id=employer, since=since),
    ]


def file(
    inbox: Inbox, world: World, proposals: list[Proposal], *, by: str = "registrar", body: bytes = BODY
) -> list[int]:
    return file_together(inbox, world.ledger, world.read().officer(by), lambda: proposals, KEY, body)


def test_each_is_decided_on_top_of_those_before_it(inbox: Inbox, staffed: World) -> None:
    numbers = file(inbox, staffed, registration("amy"))
    assert [item.number for item in inbox.waiting("registrar")] == numbers
    assert {item.filed_by for item in inbox.waiting()} == {"registrar"}


def test_a_refusal_of_one_files_none_and_says_which(inbox: Inbox, staffed: World) -> None:
    with pytest.raises(NotTogether, match="1: there is no administration XX") as refused:
        file(inbox, staffed, [*registration("amy", employer="XX"), *registration("ben")])
    assert [*refused.value.refusals] == [1]
    assert inbox.waiting() == []


def test_the_same_again_files_nothing_and_another_body_is_a_conflict(inbox: Inbox, staffed: World) -> None:
    numbers = file(inbox, staffed, registration("amy"))
    assert file(inbox, staffed, registration("ben")) == numbers
    with pytest.raises(Conflict):
        file(inbox, staffed, registration("ben"), body=b"another")
    assert len(inbox.waiting()) == 2


def test_what_waits_already_is_not_filed_again(inbox: Inbox, staffed: World) -> None:
    file(inbox, staffed, registration("amy"))
    officer, again = staffed.read().officer("registrar"), registration("ann")[:1] + registration("amy")[:1]
    with pytest.raises(NotTogether, match="waits for signatures already"):
        file_together(inbox, staffed.ledger, officer, lambda: again, "another key", BODY)
    assert len(inbox.waiting()) == 2


def test_who_neither_signs_nor_files_for_others_files_none(inbox: Inbox, staffed: World) -> None:
    with pytest.raises(NotFiled):
        file(inbox, staffed, registration("amy"), by="assessor1")
    assert inbox.waiting() == []
