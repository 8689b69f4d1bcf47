"""Continued competence at the console: activities verified in one go, and what counts on each page."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.console.certifications.renewing import renewing
from api.notices.kinds import Kind
from api.notices.letters import preview
from api.register import Register, Settings
from tests.api.console.conftest import OFFICERS
from tests.api.console.holders.conftest import Guests, give_address, guests_of
from tests.api.console.pages import Browser, Page
from tests.scenario import key_of
from tests.support import World
from tests.vectors.stories.development import log, tell

WAITING, OWN, ONE = "/console/development", "/console/own-renewal", "/console/certifications/c-awa"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Fifteen hours are missing, and two activities wait."""
    world = World(Path(tmp_path_factory.mktemp("development")) / "ledger")
    tell(world)
    give_address(world, "awa", "awa@example.org")
    log(world, "a-2", date(2019, 11, 4), 12)
    log(world, "a-3", date(2019, 11, 5), 8)
    return world


@pytest.fixture(scope="module")
def guests(world: World) -> Iterator[Guests]:
    with guests_of(world, {**OFFICERS, "awa": key_of("awa")}) as guests:
        yield guests


def in_french(browser: Browser, address: str) -> Page:
    """A page in French; those after it are in English again."""
    browser.language = "fr"
    page = browser.get(f"{address}?lang=fr")
    browser.language = "en"
    browser.get(f"{address}?lang=en")
    return page


def test_a_registrar_verifies_several_activities_in_one_go(guests: Guests) -> None:
    browser = guests.browser
    page = browser.enter("registrar").get(WAITING)
    assert page.texts("tbody th") == ["awa Exemple", "awa Exemple"]
    assert "certificate of attendance" in page.text
    form = {name: values[0] for name, values in page.form(WAITING).items()}
    page = browser.post(WAITING, form)
    assert "Give the hours of at least one activity." in page.text
    page = browser.post(WAITING, {**form, "hours.a-2": "many"})
    assert "Hours are whole numbers." in page.text
    page = browser.post(WAITING, {**form, "hours.a-2": "12", "hours.a-3": "0"})
    assert "say why fewer" in page.text
    assert guests.waiting() == []
    form = {name: values[0] for name, values in page.form(WAITING).items()}
    browser.post(WAITING, {**form, "hours.a-2": "12", "hours.a-3": "0", "reason.a-3": "not on PCA"})
    assert guests.waiting() == [("verify-cpd-activity", "registrar")] * 2
    assert in_french(browser, WAITING).h1 == "Activités de formation continue"


def test_the_page_of_a_certification_says_what_counts_and_what_is_missing(guests: Guests) -> None:
    browser = guests.browser
    page = browser.enter("registrar").get(ONE)
    assert "hours of development: 25 of 40" in page.text
    assert "activities to verify: 2" in page.text
    assert WAITING in page.values("a", "href")
    assert any("review-surveillance" in address for address in page.values("a", "href"))
    assert "heures de formation continue : 25 sur 40" in in_french(browser, ONE).text


def test_a_holder_sees_what_counts_and_asks_with_their_key(guests: Guests) -> None:
    browser = guests.browser
    page = browser.enter("awa").get(OWN)
    assert "hours of development: 25 of 40" in page.text
    assert page.texts("tbody td:last-child").count("waits for a registrar") == 2
    addresses = page.values("a", "href")
    assert any("request-recertification" in address for address in addresses)
    (address,) = [address for address in addresses if "log-cpd-activity" in address]
    assert browser.get(address).h1 == "State a development activity"
    browser.get(WAITING, status=403)
    assert in_french(browser, OWN).h1 == "Mon renouvellement"
    browser.client.cookies.clear()
    guests.sign_in("awa@example.org")
    page = browser.get("/console/holder/me")
    assert "hours of development: 25 of 40" in page.text
    assert "To stay certified" in page.text


def test_nobody_else_has_anything_to_renew(guests: Guests) -> None:
    browser = guests.browser
    browser.client.cookies.clear()
    page = browser.enter("decider1").get(OWN)
    assert "You hold no certification that can be renewed." in page.text
    read = guests.world.ledger.read()
    assert renewing(read.certification("c-nobody"), date(2019, 12, 2), read) is None


def test_ninety_days_ahead_a_letter_names_what_is_missing(guests: Guests) -> None:
    guests.world.now = datetime(2020, 2, 18, 9, tzinfo=UTC)
    guests.world.do("confirm-clock", reason_code="long-silence")
    guests.mailing.deliver()
    (letter,) = [text for mail in guests.postbox.mails if "18 mai 2020" in (text := str(mail.get_content()))]
    assert "expire dans 90 jours" in letter
    assert "- heures de formation continue\N{NO-BREAK SPACE}: 25 sur 40" in letter
    with Register(guests.world.ledger, Settings(base_url="https://register.example.org")) as register:
        assert "- hours of development: 25 of 40" in preview(register, Kind.EXPIRY, "en").body
