"""Status lists of the past: which moment is asked about, what was known then, and for how long the answer holds."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.pages import FRESH
from api.public.identity import CURRENT, HISTORY
from ledger.domain.events.office import FOUNDING
from ledger.store import documents
from projections.credentials.status import status_list
from tests.issued import KEYS, SUBJECT, URL, become_issuer, follow, make_documents, withdraw
from tests.serving import client_of
from tests.support import World
from tests.watched import Watched

SECOND = timedelta(seconds=1)


class Answer:
    """The bit of one certificate in a list, the head that the list names, and how long a cache may keep it."""

    def __init__(self, client: TestClient, moment: datetime, index: int, purpose: str = "revocation") -> None:
        follow(client)
        answer = client.get(f"/status/{purpose}/0", params={"timestamp": moment.isoformat()})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        self.is_set = status_list.is_set(status_list.decode(found["credentialSubject"]["encodedList"]), index)
        self.head = (
            found["urn:pca-ledger:log-head"]["urn:pca-ledger:log-size"] if "urn:pca-ledger:log-head" in found else None
        )
        self.cached = answer.headers["cache-control"]


def test_only_what_nothing_can_change_is_kept_for_ever(client: TestClient, issued: World, number: str) -> None:
    index = issued.ledger.documents.place(number).index
    before = issued.now
    issued.now = datetime(2018, 3, 2, tzinfo=UTC)
    assert Answer(client, issued.now - SECOND, index).cached == FRESH, "whatever is recorded next may be of that moment"
    withdraw(issued)
    recorded = issued.now
    assert Answer(client, before, index).cached == HISTORY
    assert Answer(client, recorded - SECOND, index).cached == HISTORY
    # Another entry may be known at the same second.
    assert Answer(client, recorded, index).cached == FRESH
    assert (
        client.get("/status/revocation/0").headers["cache-control"] == CURRENT == "public, max-age=60, must-revalidate"
    ), "its ttl"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with closing(Watched(tmp_path)) as watched:
        yield watched


def test_what_waited_for_witnesses_still_comes_into_the_past(watched: Watched) -> None:
    world, collect = watched.world, watched.collector.collect
    world.workshop()
    become_issuer(world)
    collect()
    make_documents(world)
    index = world.ledger.documents.place(world.ledger.documents.sets()[0].number).index
    world.now = datetime(2018, 3, 2, 12, tzinfo=UTC)
    with client_of(world.ledger, URL, KEYS) as client:
        published = world.ledger.publications.size
        withdraw(world)
        asked = world.now + timedelta(minutes=1)
        world.now += timedelta(minutes=3)
        early = Answer(client, asked, index)
        assert (early.is_set, early.head, early.cached) == (False, published, FRESH)
        collect()
        late = Answer(client, asked, index)
        assert (late.is_set, late.head, late.cached) == (True, world.ledger.size(), FRESH)
        world.do("give-listing-consent", "registrar", person_id="awa")
        assert Answer(client, asked, index).cached == FRESH, "the entry that ends the doubt is not public yet"
        collect()
        settled = Answer(client, asked, index)
        assert (settled.is_set, settled.head, settled.cached) == (True, late.head, HISTORY)


def test_a_list_names_no_head_that_is_later_than_what_it_says(client: TestClient, issued: World, number: str) -> None:
    index = issued.ledger.documents.place(number).index
    first = issued.ledger.size()
    issued.now = suspended = datetime(2018, 1, 20, tzinfo=UTC)
    facts = {"effective_from": suspended.date(), "reason_code": "under-review", "reason": None}
    suspension = issued.submission("suspend-certification", "decider1", certification_id=SUBJECT, **facts)
    issued.now += timedelta(days=1)
    consent = issued.submission("give-results-consent", "registrar", person_id="awa")
    # Both are recorded, and so published, together.
    assert not [answer for answer in issued.ledger.submit([suspension, consent]) if isinstance(answer, Exception)]
    assert Answer(client, issued.now, index).head == first + 2
    then = Answer(client, suspended, index, "suspension")
    assert (then.is_set, then.head) == (True, first)
    assert Answer(client, suspended - SECOND, index).head == first
    founded = issued.ledger.signed_events(FOUNDING)[0].event.time
    assert Answer(client, founded - SECOND, index).head is None


def test_a_certificate_that_may_still_get_its_place_keeps_the_past_open(issuer: World) -> None:
    """Keys may come to the server long after certificates, and their places with the documents."""
    issuer.now = datetime(2018, 3, 2, tzinfo=UTC)
    withdraw(issuer)
    asked = issuer.now
    issuer.do("give-listing-consent", "registrar", person_id="awa")
    with client_of(issuer.ledger, URL, KEYS) as client:
        assert Answer(client, asked, 0).cached == FRESH
        assert Answer(client, asked, 0, "suspension").cached == HISTORY, "nobody was suspended"
        make_documents(issuer)
        index = issuer.ledger.documents.place(issuer.ledger.documents.sets()[0].number).index
        assert Answer(client, asked, index).is_set, "its place was taken since it was asked"
        issuer.do("withdraw-listing-consent", "registrar", person_id="awa")
        found = Answer(client, asked, index)
        assert (found.is_set, found.cached) == (True, HISTORY)


def test_a_superseded_certificate_without_documents_gets_no_place_any_more(issuer: World) -> None:
    issuer.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    asked = issuer.now
    make_documents(issuer)
    issuer.do("give-listing-consent", "registrar", person_id="awa")
    with client_of(issuer.ledger, URL, KEYS) as client:
        assert Answer(client, asked, 0).cached == HISTORY


@pytest.mark.parametrize(
    ("timestamp", "moment"),
    [
        ("2018-01-10T12:00:00Z", "2018-01-10T12:00:00Z"),
        ("2018-01-10T12:00:00.5Z", "2018-01-10T12:00:00Z"),
        ("2018-01-10T12:00:00.999999999999+01:00", "2018-01-10T11:00:00Z"),
        ("2018-01-10t12:00:00z", "2018-01-10T12:00:00Z"),
        ("2018-01-10T12:00:00-00:00", "2018-01-10T12:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_every_moment_of_rfc_3339_is_answered_to_the_second(client: TestClient, timestamp: str, moment: str) -> None:
    answer = client.get("/status/revocation/0", params={"timestamp": timestamp})
    assert answer.status_code == 200, answer.text
    assert answer.json()["validFrom"] == moment


@pytest.mark.parametrize(
    "timestamp",
    [
        "yesterday",
        "2018-01-01T00:00:00",
        "20180101T120000Z",
        "2018-W01-4T12:00:00Z",
        "2018-01-01",
        "2018-01-01T12:00Z",
        "2018-01-01 12:00:00Z",
        "2018-01-01T12:00:00 01:00",  # as an unescaped + arrives
        "2018-01-01T12:00:00+0100",
        "2018-01-01T12:00:00,5Z",
        "2018-01-01T12:00:00.Z",
        "2018-01-01T24:00:00Z",
        "2018-02-30T12:00:00Z",
        "2018-01-01T12:00:00+24:00",
        "２０18-01-01T12:00:00Z",
        "0001-01-01T00:00:00+10:00",  # before the first moment that there is in UTC
        "9999-12-31T23:59:59-10:00",
        "2099-01-01T00:00:00Z",
    ],
)
def test_no_list_is_answered_for_what_is_no_past_moment(client: TestClient, timestamp: str) -> None:
    for language, says in (("en", "a moment in the past"), ("fr", "moment passé")):
        answer = client.get("/status/revocation/0", params={"timestamp": timestamp, "lang": language})
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert error["field"] == "timestamp"
        assert says in error["expected"]


def test_there_is_no_list_beyond_the_one_that_is_being_filled(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for purpose in ("revocation", "suspension"):
        assert client.get(f"/status/{purpose}/0").status_code == 200
        beyond = client.get(f"/status/{purpose}/1", params={"timestamp": "2018-01-10T12:00:00Z"})
        assert (beyond.status_code, beyond.json()["code"]) == (404, "unknown")
    monkeypatch.setattr(documents, "FULL", 1)  # the one certificate fills the first list
    assert client.get("/status/revocation/1").status_code == 200
    assert client.get("/status/revocation/2").status_code == 404
