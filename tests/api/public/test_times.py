"""What is said of days that have not come, and of days before the grant (case V11)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.public.as_of import AsOf
from api.public.sentences import Case, sentence
from ledger.domain.certificate_status import CertificateStatus
from ledger.domain.spans import spans
from ledger.domain.standing import Standing, Status
from projections.spans import Timeline
from tests.support import World

HTML = {"Accept": "text/html"}
TODAY = date(2018, 1, 15)
GRANTED, BEGINS, ENDS = date(2017, 5, 10), date(2017, 5, 19), date(2020, 5, 18)


def says(on: date, known_on: date = TODAY, *, certificate: CertificateStatus | None = None, **standing: Any) -> str:
    """The English sentence of a certification with this standing."""
    held = Standing(**{"effective_from": BEGINS, "expires_on": ENDS, **standing})
    timeline = Timeline(tuple(spans(held)))
    case = Case(
        as_of=AsOf(on=on, known_on=known_on, today=TODAY),
        timeline=timeline,
        granted=GRANTED,
        superseded_by="NEW",
    )
    words = sentence(certificate or timeline.on(on), case)
    assert "{" not in words.en + words.fr
    assert "None" not in words.en + words.fr
    return words.en


@pytest.mark.parametrize(
    ("on", "standing", "expected"),
    [
        (date(2000, 1, 1), {}, "Not yet granted on this day. The first day of the certification is 19 May 2017."),
        (date(2017, 5, 11), {}, "Granted on 10 May 2017, but not in force before 19 May 2017."),
        (TODAY, {}, "Entitled to act as a certified advisor, from 19 May 2017 to 18 May 2020."),
        (TODAY, {"expires_on": None}, "Entitled to act as a certified advisor since 19 May 2017."),
        (TODAY, {"expires_on": date(2018, 1, 1)}, "No longer certified since 2 January 2018: the certification was not renewed."),
        (TODAY, {"ended": (date(2018, 1, 2), Status.WITHDRAWN)}, "No longer certified since 2 January 2018: the certification was permanently withdrawn."),
        (TODAY, {"pauses": ((date(2018, 1, 3), True),)}, "Not entitled to act as a certified advisor since 3 January 2018. The suspension may be lifted."),
        (date(2017, 8, 1), {"pauses": ((date(2017, 7, 1), True), (date(2017, 9, 1), False))}, "Not entitled to act as a certified advisor from 1 July 2017 to 31 August 2017: the certification was suspended."),
        # to come
        (date(2019, 1, 1), {}, "As decided so far, the current term ends on 18 May 2020."),
        (date(2019, 1, 1), {"expires_on": None}, "As decided so far, the certification is in force and has no end."),
        (date(2030, 1, 1), {}, "The current term ends on 18 May 2020. Whether the certification will be renewed is not known."),
        (date(2030, 1, 1), {"expires_on": date(2018, 1, 1)}, "No longer certified since 2 January 2018: the certification was not renewed."),
        (date(2019, 1, 1), {"ended": (date(2018, 1, 2), Status.WITHDRAWN)}, "No longer certified since 2 January 2018: the certification was permanently withdrawn."),
        (date(2019, 1, 1), {"ended": (date(2018, 3, 1), Status.WITHDRAWN)}, "As decided so far, the certification ends on 28 February 2018: it is withdrawn from 1 March 2018."),
        (date(2019, 1, 1), {"pauses": ((date(2018, 1, 3), True),)}, "Not entitled to act as a certified advisor since 3 January 2018. The suspension may be lifted."),
        (date(2019, 1, 1), {"pauses": ((date(2018, 3, 1), True),)}, "As decided so far, the certification is suspended from 1 March 2018."),
        (date(2018, 2, 1), {"effective_from": date(2018, 3, 1)}, "As decided so far, the certification takes effect on 1 March 2018."),
        (date(2018, 2, 1), {"effective_from": None}, "The register held no certification at that time."),
    ],
)  # fmt: skip
def test_a_sentence_says_what_is_known_of_the_day(on: date, standing: dict[str, Any], expected: str) -> None:
    assert says(on, **standing) == expected


@pytest.mark.parametrize("on", [TODAY, date(2019, 1, 1)])
def test_a_sentence_about_the_certificate_says_what_became_of_it(on: date) -> None:
    assert "superseded by NEW" in says(on, certificate=CertificateStatus.SUPERSEDED)
    assert "no longer covers everything" in says(on, certificate=CertificateStatus.SCOPE_REDUCED)


def test_as_known_before_a_renewal_the_certification_is_not_said_to_have_lapsed() -> None:
    assert says(date(2021, 1, 1), date(2018, 1, 1)).startswith("The current term ends on 18 May 2020.")


def test_a_grant_that_was_not_known_is_not_dated() -> None:
    timeline = Timeline(tuple(spans(Standing(effective_from=BEGINS))))
    case = Case(as_of=AsOf(on=date(2017, 5, 18), known_on=TODAY, today=TODAY), timeline=timeline, granted=None)
    assert sentence(Status.NOT_YET_VALID, case).en.startswith("Not yet granted")


@pytest.mark.parametrize("path", ["/advisors", "/advisors/awa", "/certificates/TOA-PCA-FR-2017-01-BTH"])
def test_the_register_is_not_consulted_as_of_a_day_to_come(client: TestClient, path: str) -> None:
    answer = client.get(path, params={"known_on": "2099-01-01"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "known_on")
    assert "15 January 2018 (today, UTC) or earlier" in answer.json()["detail"]
    page = client.get(path, params={"known_on": "2099-01-01", "lang": "fr"}, headers=HTML)
    assert page.status_code == 400
    assert "l’état futur du registre" in page.text


@pytest.mark.parametrize("path", ["/advisors/awa", "/certificates/TOA-PCA-FR-2017-01-BTH"])
@pytest.mark.parametrize("on", ["2019-01-01", "2030-01-01"])
def test_a_day_to_come_is_said_to_be_one(client: TestClient, path: str, on: str) -> None:
    seen = client.get(path, params={"on": on}).json()
    (view,) = seen.get("certifications", [seen])
    assert view["is_forecast"]
    assert "current term ends on 18 May 2020" in view["sentence_en"]
    assert [period["is_forecast"] for period in view["periods"]] == [False, True]
    page = client.get(path, params={"on": on}, headers=HTML).text
    assert "a day to come" in page
    assert "Not known yet" in page
    for claim in ("not renewed", "No longer", "Entitled", "as known on", ">Expired<", 'panel valid"'):
        assert claim not in page, claim
    french = client.get(path, params={"on": on, "lang": "fr"}, headers=HTML).text
    assert "date à venir" in french
    assert "période en cours prend fin le 18 mai 2020" in french


def test_nothing_is_granted_before_it_was(client: TestClient) -> None:
    page = client.get("/advisors/awa?on=2000-01-01", headers=HTML).text
    assert "Not yet granted" in page
    assert "Granted" not in page
    assert client.get("/advisors/awa?on=2000-01-01").json()["status"] == "not-yet-valid"


def test_a_page_without_dates_has_links_without_dates(client: TestClient, listed: World) -> None:
    listed.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    for path in ("/advisors", "/advisors?q=awa", "/advisors/awa", "/certificates/TOA-PCA-FR-2017-01-BTH"):
        page = client.get(path, headers=HTML).text
        assert "on=20" not in page, path
        assert 'value="20' not in page, path
    page = client.get("/advisors/awa?on=2017-06-01", headers=HTML).text
    assert 'href="/certificates/TOA-PCA-FR-2017-01-BTH?on=2017-06-01&amp;lang=en"' in page
    assert 'value="2017-06-01"' in page
