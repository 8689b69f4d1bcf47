"""A holder sees their own certificate, documents, consents and data, and asks a registrar to change a consent."""

import pytest

from api.secretariat.endings import HOLDER
from tests.api.console.holders.conftest import Guests
from tests.api.console.pages import SAME_SITE
from tests.scenario import key_of

NUMBER = "TOA-PCA-FR-2017-01-BTH"


@pytest.fixture
def at_home(guests: Guests) -> Guests:
    guests.sign_in("awa@example.org")
    return guests


@pytest.mark.usefixtures("engine")
def test_a_holder_sees_what_the_register_holds_of_them(at_home: Guests) -> None:
    page = at_home.browser.get("/console/holder/me")
    assert page.texts("section h2") == ["PCA advisor"]
    assert page.texts(".panel .status") == ["In force"]
    assert any(NUMBER in text for text in page.texts("h3"))
    assert "does not record who opens a page" in page.text
    assert "awa@example.org" in page.text
    (given,) = [row for row in page.texts("tbody tr") if "Consent to publication given" in row]
    assert given.endswith("Registrar Exemple")
    french = at_home.browser
    french.language = "fr"
    assert french.get("/console/holder/me?lang=fr").h1 == "Votre certification"


def test_documents_that_are_private_open_with_this_session_only(at_home: Guests) -> None:
    at_home.world.do("withdraw-listing-consent", "registrar", person_id="awa")
    client = at_home.browser.client
    documents = at_home.browser.get("/console/holder/me").values("section li a", "href")
    assert documents
    for address in documents:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["cache-control"] == "no-store"
    client.cookies.clear()
    assert client.get(f"/certificates/{NUMBER}.pdf").status_code == 403
    assert client.get(documents[0], follow_redirects=False).status_code == 303


def test_the_documents_of_another_are_as_if_there_were_none(at_home: Guests) -> None:
    client = at_home.browser.client
    assert client.get("/console/holder/documents/TOA-PCA-FR-2017-02-BTJ/pdf").status_code == 404
    assert client.get(f"/console/holder/documents/{NUMBER}/exe").status_code == 404


@pytest.mark.parametrize("command", ["withdraw-listing-consent", "give-results-consent"])
def test_a_consent_waits_for_a_registrar_until_it_is_withdrawn(at_home: Guests, command: str) -> None:
    browser = at_home.browser
    before = at_home.world.ledger.size()
    browser.post("/console/holder/consents", {"command": command})
    page = browser.post("/console/holder/consents", {"command": command})  # the second click
    assert at_home.waiting() == [(command, HOLDER)]
    assert "waits for a registrar" in page.text
    assert command not in page.values("button[name=command]", "value")
    assert at_home.world.ledger.size() == before, "nothing is recorded without an officer"
    (number,) = page.values("button[name=number]", "value")
    page = browser.post("/console/holder/withdraw", {"number": number})
    assert at_home.waiting() == []
    assert "was withdrawn" in page.text
    assert command in page.values("button[name=command]", "value")


def test_a_registrar_signs_what_a_holder_asked_for(at_home: Guests) -> None:
    at_home.browser.post("/console/holder/consents", {"command": "withdraw-listing-consent"})
    (item,) = at_home.inbox.waiting("registrar")
    at_home.inbox.sign(item.number, "registrar", key_of("registrar"))
    page = at_home.browser.get("/console/holder/me")
    assert "was recorded" in page.text
    assert "give-listing-consent" in page.values("button[name=command]", "value")


def test_what_the_rules_refuse_is_said_and_nothing_is_filed(at_home: Guests) -> None:
    response = at_home.browser.client.post(
        "/console/holder/consents", data={"command": "give-listing-consent"}, headers=SAME_SITE
    )
    assert response.status_code == 422
    assert "already recorded" in response.text
    assert at_home.waiting() == []
    other = at_home.browser.client.post(
        "/console/holder/consents", data={"command": "erase-personal-data"}, headers=SAME_SITE
    )
    assert other.status_code == 400


def test_a_holder_withdraws_nothing_that_another_filed(at_home: Guests) -> None:
    at_home.browser.post("/console/holder/consents", {"command": "withdraw-listing-consent"})
    (item,) = at_home.inbox.waiting()
    desk = at_home.inbox.desk
    with desk.transaction():
        (other,) = desk.insert([item.proposal], f"{HOLDER} zoe", 1, HOLDER)
    for number in (other, 999):
        response = at_home.browser.client.post(
            "/console/holder/withdraw", data={"number": str(number)}, headers=SAME_SITE
        )
        assert response.status_code == 404
    assert f'value="{other}"' not in at_home.browser.get("/console/holder/me").response.text


def test_a_holder_asks_to_give_the_certification_up_and_a_registrar_signs_it(at_home: Guests) -> None:
    browser = at_home.browser
    assert browser.get("/console/holder/me").values("button[name=certification_id]", "value") == ["c-awa"]
    browser.post("/console/holder/relinquish", {"certification_id": "c-awa"})
    page = browser.post("/console/holder/relinquish", {"certification_id": "c-awa"})  # the second click
    assert at_home.waiting() == [("relinquish-certification", HOLDER)]
    assert page.values("button[name=certification_id]", "value") == []
    (item,) = at_home.inbox.waiting("registrar")
    at_home.inbox.sign(item.number, "registrar", key_of("registrar"))
    assert "relinquished" in browser.get("/console/holder/me").text
    refused = browser.client.post(
        "/console/holder/relinquish", data={"certification_id": "c-zoe"}, headers=SAME_SITE, follow_redirects=False
    )
    assert refused.status_code == 404
