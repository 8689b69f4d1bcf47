"""Missions at the console: what officers see and file, an advisor's own page, and that of a contact point."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api.notices.causes import reports_due
from tests.api.console.conftest import OFFICERS
from tests.api.console.holders.conftest import Guests, give_address, guests_of
from tests.api.console.pages import Browser, Page
from tests.scenario import key_of
from tests.support import World
from tests.vectors.stories.missions import REQUEST, tell

NEXT = {"start": date(2018, 9, 3), "end": date(2018, 9, 7)}
OWN = "/console/own-missions"
MEMBER = "/console/member/missions"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """After one mission, Belgium asked for another, and Senegal has to answer whether Bob may go."""
    world = World(Path(tmp_path_factory.mktemp("missions")) / "ledger")
    tell(world)
    world.do("appoint-contact-point", administration_id="SN", person_id="ben", since=date(2018, 1, 1))
    for name in ("ben", "awa"):
        give_address(world, name, f"{name}@example.org")
    world.do("request-mission", mission_id="m-3", **REQUEST, **NEXT)
    world.do("approve-mission", mission_id="m-3", terms_hash="0" * 64)
    world.do("request-release", mission_id="m-3", person_id="bob")
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


def test_a_manager_sees_who_is_proposed_and_why_and_goes_on_from_there(guests: Guests) -> None:
    browser = guests.browser
    browser.client.cookies.clear()
    page = browser.enter("manager").get("/console/missions")
    assert "/console/missions/m-3" in page.values("a", "href")
    page = browser.get("/console/missions/m-3")
    names = page.texts("h2#proposed ~ table tbody th")
    assert names[0].startswith("awa")
    assert "advises on this domain" in page.text
    assert "works in the language (C1)" in page.text
    assert "the domains are not recorded" in page.text
    assert "missions until now: 1, the last until 2018-03-09" in page.text
    (form,) = [one for one in page.values("a", "href") if "request-release" in one and "person_id=awa" in one]
    assert "m-3" in browser.get(form).form("/console/commands/request-release")["mission_id"]
    assert "person_id=bob" not in form
    done = in_french(browser, "/console/missions/m-1")
    assert "certifier" in done.text
    assert "Recommandations formulées" in done.text
    browser.get("/console/missions/m-0", status=404)
    browser.client.cookies.clear()
    browser.enter("assessor1").get("/console/missions", status=403)


def test_an_advisor_sees_what_is_theirs_to_state(guests: Guests) -> None:
    browser = guests.browser
    browser.client.cookies.clear()
    page = browser.enter("awa").get(OWN)
    assert "French C1" in page.text
    assert "You signed it on 8 January 2018." in page.text
    assert "/console/commands/submit-field-assessment?mission_id=m-1" in page.values("a", "href")
    form = browser.get("/console/commands/submit-field-assessment?mission_id=m-1")
    assert len(form.values("select[name=mission_id] option", "value")) == 2, "an advisor chooses among their own"
    assert "Engagement de collaboration continue" in in_french(browser, OWN).text
    commands = browser.get("/console/commands").values("a", "href")
    assert "/console/commands/declare-availability" in commands
    for officers_only in ("declare-conflict-of-interest", "record-impartiality-risk", "report-incident"):
        assert f"/console/commands/{officers_only}" not in commands
        browser.get(f"/console/commands/{officers_only}", status=403)
    browser.client.cookies.clear()
    assert "not in the pool" in browser.enter("manager").get(OWN).text


def test_a_form_in_ones_own_name_tells_nothing_of_the_missions_and_cases_of_others(guests: Guests) -> None:
    browser = guests.browser
    browser.client.cookies.clear()
    browser.enter("manager")
    address = "/console/commands/submit-field-assessment?mission_id=m-1"
    page = browser.get(address, status=422)
    assert "only about themselves" in page.text
    assert page.texts("select[name=participant_id]") == []
    browser.client.cookies.clear()
    browser.enter("awa")
    named = browser.get(address).values("select[name=participant_id] option", "value")
    assert [one for one in named if one] == ["cleo"]
    assert "c-bob" not in browser.get(f"{address}&participant_id=bob").text
    browser.get("/console/commands/accept-code-of-conduct?candidacy_id=c-bob", status=422)


def test_a_contact_point_asks_answers_and_rates_and_a_registrar_signs(guests: Guests) -> None:
    browser, world = guests.browser, guests.world
    browser.client.cookies.clear()
    home = guests.sign_in("ben@example.org", "member")
    assert MEMBER in home.values("a", "href")
    page = browser.get(MEMBER)
    assert page.texts("caption")[0] == "Missions that your administration asked for, the latest first"
    answer = f"{MEMBER}/release"
    browser.post(answer, page.form(answer) | {"said": "granted"})
    given = {"topic": "trade-compliance", "start": "2018-10-01", "end": "2018-10-05", "language": "en",
             "mode": "remote", "administration_id": "SN", "key": "a" * 32}  # fmt: skip
    browser.post(f"{MEMBER}/request", given)
    page = browser.post(f"{MEMBER}/request", given)  # sent again, it waits once
    assert page.texts("#asked ~ table tbody td").count("Record a request for a mission") == 1
    browser.post(f"{MEMBER}/request", {**given, "end": "2018-09-01", "key": "b" * 32}, status=422)
    browser.post(f"{MEMBER}/request", {**given, "administration_id": "CI", "key": "c" * 32}, status=404)
    browser.post(answer, {"mission_id": "m-3", "person_id": "cleo", "said": "granted", "key": "d" * 32}, status=404)
    browser.post(f"{MEMBER}/feedback", {"mission_id": "m-1", "trade_compliance": "3", "key": "e" * 32}, status=404)
    browser.client.cookies.clear()
    review = browser.enter("registrar").get("/console")
    numbers = "&".join(f"n={number}" for number in review.values("input[name=n]", "value"))
    browser.post("/console/sign", browser.get(f"/console/review?{numbers}").form("/console/sign"))
    assert world.read().mission("m-3").releases == {"bob": True}
    assert len(world.ledger.ids_of("mission")) == 4


def test_a_mission_that_took_place_is_rated_once_by_the_beneficiary(guests: Guests) -> None:
    world, browser = guests.world, guests.browser
    reason = {"name": "reason", "value": "Awa rests"}
    world.do("request-release", mission_id="m-3", person_id="awa")
    guests.mailing.deliver()
    assert guests.postbox.mails[-1]["Subject"].startswith("Demande de mise à disposition")
    world.do("decide-release", mission_id="m-3", person_id="awa", granted=True)
    world.do("assign-advisor", mission_id="m-3", person_id="awa", mission_role="lead", reason=reason)
    guests.mailing.deliver()
    assert guests.postbox.mails[-1]["Subject"].startswith("Vous êtes affecté à une mission")
    world.now = world.now.replace(month=9, day=7)
    world.do("confirm-clock", reason_code="long-silence")
    world.do("start-mission", "awa", mission_id="m-3", started_on=NEXT["start"])
    world.do("complete-mission", mission_id="m-3", ended_on=NEXT["end"], mode="on-site")
    guests.mailing.deliver()
    assert "Quel a été l’apport de la mission" in guests.postbox.mails[-1]["Subject"]
    assert [one.person_id for one in reports_due(world.ledger, date(2018, 9, 21))] == ["awa"]
    assert list(reports_due(world.ledger, date(2018, 9, 20))) == []
    browser.client.cookies.clear()
    guests.sign_in("ben@example.org", "member")
    page = browser.get(MEMBER)
    action = f"{MEMBER}/feedback"
    browser.post(action, page.form(action) | {"trade_compliance": "5"})
    (waiting,) = [
        one
        for one in browser.client.app.state.console.office.inbox.waiting()  # type: ignore[attr-defined]  # of the application
        if one.proposal.name == "record-beneficiary-feedback"
    ]
    assert waiting.people == frozenset({"registrar"})


def test_a_holder_without_a_key_sees_the_missions_that_they_are_on(guests: Guests) -> None:
    guests.browser.client.cookies.clear()
    page = guests.sign_in("awa@example.org", "holder")
    assert page.texts("h2").count("Your missions") == 1
    assert OWN in page.values("a", "href")
