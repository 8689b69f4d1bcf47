"""What everyone sees of the field phase, and of certifications that ended or never counted."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from tests.serving import client_of
from tests.support import World
from tests.vectors.stories.standing import tell

BASE = "https://register.example.org"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("standing"))
    tell(world)
    world.do("give-listing-consent", person_id="eli")
    world.now = datetime(2018, 5, 1, 12, tzinfo=UTC)
    yield world
    world.ledger.close()


@pytest.fixture(scope="module")
def client(told: World) -> Iterator[TestClient]:
    with client_of(told.ledger, BASE) as client:
        yield client


def status_of(client: TestClient, person: str, **days: str) -> str:
    answer = client.get(f"/advisors/{person}", params=days, headers={"accept": "application/json"})
    return str(answer.json()["status"]) if answer.status_code == 200 else str(answer.status_code)


def test_the_page_of_a_person_says_what_they_are_on_a_day(client: TestClient) -> None:
    assert status_of(client, "eli") == "recognised"
    assert status_of(client, "eli", on="2018-02-01") == "pre-accredited"
    assert status_of(client, "dia") == "valid"
    assert status_of(client, "dia", on="2018-02-01") == "pre-accredited"
    assert status_of(client, "bob") == "relinquished"
    assert status_of(client, "bob", on="2018-03-20") == "valid"
    assert {status_of(client, "cleo", on=day) for day in ("2017-01-01", "2017-06-01", "2018-05-01")} == {"annulled"}
    assert status_of(client, "cleo", known_on="2018-01-20") == "valid"
    assert status_of(client, "fay") == "404"


def test_who_is_in_the_field_phase_is_shown_by_consent_only(client: TestClient, told: World) -> None:
    listed = client.get("/advisors", params={"status": "any"}, headers={"accept": "application/json"}).json()
    assert listed["counts"] == {"valid": 2, "recognised": 1}
    told.do("withdraw-listing-consent", person_id="eli")
    assert status_of(client, "eli") == "404"
    told.do("give-listing-consent", person_id="eli")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_and_badge_of_them_is_made(client: TestClient, told: World, language: str) -> None:
    for path in ("/advisors/eli", "/advisors/dia", "/advisors/bob", "/advisors/cleo", "/advisors?status=any"):
        page = client.get(path, params={"lang": language}, headers={"accept": "text/html"})
        assert page.status_code == 200, path
    for name in ("bob", "cleo"):
        number = told.read().certification(f"c-{name}").number
        for path in (f"/certificates/{number}", f"/certificates/{number}/status.svg"):
            assert client.get(path, params={"lang": language}).status_code == 200
