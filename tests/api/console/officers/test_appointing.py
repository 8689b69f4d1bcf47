"""Officers are appointed several at once: registered by a registrar, given roles by a director."""

import pytest
from starlette.testclient import TestClient

from ledger.domain.record import Role
from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser
from tests.scenario import names
from tests.support import World

APPOINT = "/console/officers/appoint"


def entered(browser: Browser, *people: tuple[str, str, str]) -> dict[str, list[str]]:
    fields = browser.get(APPOINT).form(APPOINT)
    for number, (given, family, role) in enumerate(people):
        fields |= {f"given_name-{number}": [given], f"family_name-{number}": [family], f"role-{number}": [role]}
    return fields


def signed(browser: Browser, person: str) -> None:
    """Sign everything that waits for somebody, with one gesture."""
    browser.client.cookies.clear()
    numbers = browser.enter(person).get("/console").values("input[name=n]", "value")
    review = browser.get("/console/review?" + "&".join(f"n={number}" for number in numbers))
    browser.post("/console/sign", review.form("/console/sign"))


def test_people_are_registered_and_get_their_roles_with_one_gesture_each(browser: Browser, workshop: World) -> None:
    browser.enter("registrar")
    fields = entered(browser, ("Ada", "Neuve", "assessor"), ("Bob", "Neuf", "moderator"))
    fields["more-1"] = ["selection-panel", "moderator"]
    review = browser.post(APPOINT, fields)
    assert review.h1 == "Review and sign"
    assert "Ada Neuve" in review.text
    assert browser.post(APPOINT, fields).h1 == "Review and sign", "sent again, it files nothing more"
    signed(browser, "registrar")
    signed(browser, "director")
    people = [fields[f"person-{number}"][0] for number in range(2)]
    roles = [workshop.read().officer(person).roles for person in people]
    assert roles == [{Role.ASSESSOR}, {Role.MODERATOR, Role.SELECTION_PANEL}]


def test_an_assessor_is_appointed_with_their_administration(browser: Browser, workshop: World) -> None:
    browser.enter("registrar")
    fields = entered(browser, ("Ada", "Neuve", "assessor")) | {"administration-0": ["FR"]}
    browser.post(APPOINT, fields)
    signed(browser, "registrar")
    (employment,) = workshop.read().person(fields["person-0"][0]).employments
    assert (employment.administration_id, employment.since) == ("FR", workshop.now.date())
    fields = entered(browser, ("Bob", "Neuf", "assessor")) | {"administration-0": ["XX"]}
    assert "Choose one of the list." in browser.post(APPOINT, fields, status=422).text


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (("", "", "assessor"), "Enter a given name, a family name, or both."),
        (("Ada", "Neuve", ""), "Choose a role."),
        (("Ada", "Neuve", "secretariat-director"), "Choose a role."),
        (("A" * 101, "Neuve", "assessor"), "at most 100 characters"),
        (("Awa", "Nguessan Echo", "assessor"), "registered already"),
    ],
)
def test_what_is_wrong_is_said_at_the_person_and_nothing_is_filed(
    person: tuple[str, str, str], says: str, browser: Browser
) -> None:
    browser.enter("registrar")
    page = browser.post(APPOINT, entered(browser, ("Bob", "Neuf", "moderator"), person), status=422)
    assert says in page.text
    assert page.form(APPOINT)["given_name-1"] == [person[0]], "what was entered is still there"
    assert "Nothing waits for your signature." in browser.get("/console").text


def test_somebody_of_a_known_name_is_appointed_once_it_is_said_that_they_are_another(browser: Browser) -> None:
    browser.enter("registrar")
    page = browser.post(APPOINT, entered(browser, ("Awa", "Nguessan Echo", "assessor")), status=422)
    fields = page.form(APPOINT) | {"who-0": ["another"]}
    assert browser.post(APPOINT, fields).h1 == "Review and sign"


def test_somebody_who_is_registered_gets_more_roles_and_is_not_registered_again(
    browser: Browser, workshop: World
) -> None:
    workshop.do("register-person", "registrar", person_id="ines", details=names("Ines", "Encore"))
    browser.enter("registrar")
    entry = entered(browser, ("Ines", "Encore", "moderator")) | {"more-0": ["selection-panel"]}
    page = browser.post(APPOINT, entry, status=422)
    assert "choose who it is" in page.text
    assert page.values("input[name=who-0]", "value") == ["ines", "another"]
    browser.post(APPOINT, page.form(APPOINT) | {"who-0": ["zoe"]}, status=422)  # nobody of this name
    before = workshop.ledger.size()
    browser.post(APPOINT, page.form(APPOINT) | {"who-0": ["ines"]})
    signed(browser, "director")
    assert workshop.read().officer("ines").roles == {Role.MODERATOR, Role.SELECTION_PANEL}
    assert workshop.ledger.size() == before + 2


def test_nobody_is_appointed_without_anybody_or_a_director(browser: Browser) -> None:
    browser.enter("registrar")
    fields = entered(browser) | {"director": [""]}
    page = browser.post(APPOINT, fields, status=422)
    assert "Enter one person or more." in page.text
    assert "Choose a director" in page.text


def test_a_director_of_a_new_ledger_is_told_how_to_begin(world: World) -> None:
    with console_over(world) as client:
        assert "There is no registrar yet." in Browser(client).enter("director").get("/console").text
        world.do("grant-role", "director", person_id="security", role=Role.REGISTRAR)
        assert "no registrar yet" not in Browser(client).get("/console").text


def test_the_page_is_in_french_too(client: TestClient) -> None:
    assert Browser(client, "fr").enter("registrar").get(APPOINT).h1 == "Nommer des responsables"
