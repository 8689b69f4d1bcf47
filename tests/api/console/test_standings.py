"""Certifications in the field phase, and those that ended or never counted, on the pages of officers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser
from tests.support import World
from tests.vectors.stories.standing import tell


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    world = World(tmp_path_factory.mktemp("standing"))
    tell(world)
    world.now = datetime(2018, 5, 1, 12, tzinfo=UTC)
    with console_over(world) as client:
        browser = Browser(client)
        browser.enter("registrar")
        yield browser
    world.ledger.close()


@pytest.mark.parametrize(
    ("name", "status", "deeds"),
    [
        ("eli", "Recognised, not certified", {"decide-field-phase", "relinquish-certification", "annul-certification"}),
        ("bob", "Relinquished", {"annul-certification"}),
        ("cleo", "Annulled", set()),
    ],
)
def test_the_page_of_a_certification_offers_what_its_standing_allows(
    browser: Browser, name: str, status: str, deeds: set[str]
) -> None:
    page = browser.get(f"/console/certifications/c-{name}")
    assert status in page.text
    addresses = page.values("a[href*='/console/commands/']", "href")
    offered = {address.partition("?")[0].rpartition("/")[2] for address in addresses}
    assert offered - {"report-misuse"} == deeds


def test_the_lists_of_certifications_and_of_a_workshop_say_who_is_pre_accredited(browser: Browser) -> None:
    listed = browser.get("/console/certifications?status=recognised")
    assert listed.values("th a", "href") == ["/console/certifications/c-eli"]
    workshop = browser.get("/console/workshops/TOA-PCA-FR-2018").text
    assert "Pre-accreditation granted" in workshop
    assert "Certification refused" in workshop  # of Fay


def test_the_page_of_a_certification_is_in_french_too(browser: Browser) -> None:
    page = browser.client.get("/console/certifications/c-eli?lang=fr")
    assert page.status_code == 200
    assert "Reconnaissance, sans certification" in page.text
    browser.client.get("/console/certifications/c-eli?lang=en")
