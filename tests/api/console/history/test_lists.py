"""Lists at the console: filters in the address, saved, exported; and what they answer by charts and by other pages."""

import re

import pytest
from starlette.testclient import TestClient

from api.secretariat.importing.workshop import members
from api.words.record import REGIONS, region_name
from tests.api.console.conftest import console_over
from tests.api.console.pages import SAME_SITE, Browser
from tests.support import World
from tests.test_walks import Steps, steps

__all__ = ["steps"]


def test_a_list_is_saved_by_name_for_oneself(browser: Browser) -> None:
    browser.enter("registrar")
    page = browser.get("/console/history/lists/expiring?days=1000&status=valid&on=2018-06-01")
    form = page.form("/console/history/lists/expiring/save") | {"called": ["In three years"]}
    kept = browser.post("/console/history/lists/expiring/save", form)
    assert str(kept.response.url).split("?")[1] == "on=2018-06-01&days=1000&status=valid"
    assert "You saved this list as In three years." in kept.text
    assert "You saved this list" not in browser.get("/console/history/lists/expiring").text
    browser.post("/console/history/lists/expiring/save", form)  # in place of the first
    assert browser.get("/console/history").text.count("Remove In three years") == 1
    refused = browser.client.post("/console/history/lists/expiring/save", data={"called": " "}, headers=SAME_SITE)
    assert refused.status_code == 400
    browser.client.cookies.clear()
    assert "In three years" not in browser.enter("director").get("/console/history").text
    browser.client.cookies.clear()
    left = browser.enter("registrar").post("/console/history/saved/forget", {"called": "In three years"})
    assert "In three years" not in left.text


@pytest.mark.parametrize(
    ("name", "charts", "told"),
    [
        ("advisors", 3, "Advisors by region"),
        ("pass-rates", 0, "too few data"),
        ("regions", 1, "Share of administrations"),
        ("donors", 1, "Certified, by fund and year"),
        ("assessors-who-trained", 0, "Facilitator"),
        ("agreement", 0, "too few data"),
        ("compromised", 0, "Decider2"),
        ("late", 0, "31 January 2018"),
    ],
)
def test_lists_answer_and_some_show_charts_that_say_their_figures(
    browser: Browser, name: str, charts: int, told: str
) -> None:
    page = browser.enter("auditor").get(f"/console/history/lists/{name}?on=2018-06-01")
    assert told in page.text
    assert len(page.texts("svg title")) == len(page.texts("svg desc")) == charts
    assert all(page.texts("svg desc"))
    assert "after entry" in page.text


def test_funds_lead_to_their_workshops(browser: Browser) -> None:
    page = browser.enter("director").get("/console/history/lists/donors")
    (drill, *_) = [each for each in page.values("td a", "href") if "funder=" in each]
    assert "1 row" in browser.get(drill).text


def test_pages_are_in_french_too(opened: TestClient) -> None:
    opened.cookies.clear()
    browser = Browser(opened, "fr").enter("auditor")
    assert browser.get("/console/history/lists/pass-rates").h1 == "Taux de réussite"
    assert "Signature valide".casefold() in browser.get("/console/history/people/awa").text.casefold()
    advisors = browser.get("/console/history/lists/advisors?on=2018-06-01")
    shown = advisors.text
    assert "français" in advisors.texts("td")
    assert re.search(r"\b\d{1,2} (mai|juin) 2017\b", shown)
    assert not re.search(r"\d{4}-\d{2}-\d{2}", " ".join(advisors.texts("td")))
    assert advisors.texts("#f-name option")[0] == "Sans filtre"
    file = opened.get("/console/history/lists/advisors/file?format=csv&on=2018-06-01").text
    assert "Europe,fr," in file
    assert re.search(r",2017-0[56]-\d{2},", file)
    assert browser.get("/console/history?q=suspendue").h1 == "Historique"
    browser.get("/console/history")
    browser.get("/console/history/entries/2")
    browser.get("/console/my-signatures")
    opened.headers.update({"Accept-Language": "en"})


def test_every_region_of_the_members_has_a_french_name() -> None:
    regions = {row["region"] for row in members().values()}
    assert {*REGIONS} == regions
    assert region_name("West and Central Africa").fr == "Afrique occidentale et centrale"
    assert region_name("Elsewhere").fr == "Elsewhere"


def test_a_search_and_a_list_take_as_many_statements_however_many_people_there_are(
    steps: Steps, staffed: World
) -> None:
    staffed.plan()
    staffed.candidate("awa")
    with console_over(staffed) as client:
        browser = Browser(client).enter("registrar")

        def counts() -> list[int]:
            found = []
            for address in ("/console/history?q=exemple", "/console/history/lists/candidates"):
                browser.get(address)
                with steps.walk():
                    browser.get(address)
                found.append(len(steps.statements))
            return found

        before = counts()
        for name in ("mia", "leo", "ines", "paul", "rosa", "nils"):
            staffed.candidate(name)
        assert counts() == before
        assert all(before)
