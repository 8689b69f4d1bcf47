"""A contact point sees the people of their own administration, nominates for a registrar to sign, and nothing else."""

import pytest

from api.secretariat.endings import CONTACT_POINT
from tests.api.console.holders.conftest import Guests, give_address
from tests.api.console.members.conftest import COMING
from tests.api.console.pages import SAME_SITE, Page
from tests.scenario import key_of

HOME = "Your administration"
FORM = f"/console/member/nominate/SN/{COMING}"


@pytest.fixture
def at_home(contact: Guests) -> Guests:
    assert contact.sign_in("mariam@example.org", "member").h1 == HOME
    return contact


def nominate(guests: Guests, given: str, email: str, status: int = 200, **more: str) -> Page:
    form = guests.browser.get(FORM).form(FORM)
    entered = {"details.given_name": given, "details.family_name": "Exemple", "details.email": email, **more}
    return guests.browser.post(FORM, form | {name: [text] for name, text in entered.items()}, status=status)


def test_a_contact_point_sees_where_their_own_people_stand_and_no_score(at_home: Guests) -> None:
    page = at_home.browser.get("/console/member/me")
    assert page.texts("h2") == ["Senegal", "What you filed"]
    rows = page.texts("tbody tr")
    assert any("awa" in row and "In force" in row for row in rows)
    assert any("awa" in row and "Certificate issued" in row for row in rows)
    assert any("zoe" in row and "Certification refused" in row for row in rows)
    assert "kofi" not in page.response.text
    at_home.browser.language = "fr"
    assert at_home.browser.get("/console/member/me?lang=fr").h1 == "Votre administration"


@pytest.mark.usefixtures("engine")
def test_a_nomination_waits_for_a_registrar_who_signs_it(at_home: Guests) -> None:
    before = at_home.world.ledger.size()
    page = nominate(at_home, "Fatou", "fatou@example.org")
    assert page.h1 == HOME
    filed = [("register-person", CONTACT_POINT), ("nominate-candidate", CONTACT_POINT)]
    assert at_home.waiting() == filed
    assert at_home.world.ledger.size() == before, "nothing is recorded without an officer"
    assert "Fatou Exemple" in page.text
    for item in at_home.inbox.waiting("registrar"):
        at_home.inbox.sign(item.number, "registrar", key_of("registrar"))
    rows = at_home.browser.get("/console/member/me").texts("tbody tr")
    assert any("Fatou" in row and "Nominated" in row for row in rows)


def test_a_nomination_is_withdrawn_by_who_filed_it_only(at_home: Guests) -> None:
    page = nominate(at_home, "Fatou", "fatou@example.org")
    numbers = page.values("button[name=number]", "value")
    at_home.browser.client.cookies.clear()
    at_home.sign_in("yao@example.org", "member")
    for number in numbers:
        refused = at_home.browser.client.post("/console/member/withdraw", data={"number": number}, headers=SAME_SITE)
        assert refused.status_code == 404
    assert len(at_home.waiting()) == 2
    assert "Fatou" not in at_home.browser.get("/console/member/me").response.text


def test_the_same_form_sent_twice_files_once(at_home: Guests) -> None:
    form = at_home.browser.get(FORM).form(FORM)
    form |= {"details.given_name": ["Fatou"], "details.family_name": ["Exemple"]}
    for _ in range(2):
        assert at_home.browser.post(FORM, form).h1 == HOME
    assert len(at_home.waiting()) == 2


def test_somebody_of_ones_own_who_is_known_is_asked_about(at_home: Guests) -> None:
    give_address(at_home.world, "zoe", "zoe@example.org")
    asked = nominate(at_home, "Zoe", "zoe@example.org")
    assert "zoe" in asked.values("input[name=who]", "value")
    form = asked.form(FORM) | {"who": ["zoe"]}
    assert at_home.browser.post(FORM, form).h1 == HOME
    assert at_home.waiting() == [("nominate-candidate", CONTACT_POINT)]


def test_nobody_of_another_administration_is_reached_by_any_id(at_home: Guests) -> None:
    page = nominate(at_home, "Kofi", "kofi@example.org", status=422, who="kofi", person_id="kofi")
    assert "Nothing was filed" in page.text
    assert "Ailleurs" not in page.response.text
    page = nominate(at_home, "Kofi", "kofi@example.org", status=422)
    assert "the secretariat must settle first who this is" in page.text
    assert "Ailleurs" not in page.response.text
    nominate(at_home, "Fatou", "fatou@example.org", status=422, person_id="kofi")
    nominate(at_home, "Fatou", "fatou@example.org", status=422, candidacy_id="c-kofi")
    assert at_home.waiting() == []


def test_one_nominates_for_ones_own_administration_and_open_workshops_only(at_home: Guests) -> None:
    for administration, session in (("CI", COMING), ("ZZ", COMING), ("SN", "TOA-PCA-FR-2017"), ("SN", "NONE")):
        address = f"/console/member/nominate/{administration}/{session}"
        assert at_home.browser.client.get(address).status_code == 404
        form = at_home.browser.get(FORM).form(FORM)
        assert at_home.browser.client.post(address, data=form, headers=SAME_SITE).status_code == 404
    nominate(at_home, "Fatou", "fatou@example.org", administration_id="CI")
    (_, item) = at_home.inbox.waiting()
    assert item.proposal.command.administration_id == "SN"  # type: ignore[attr-defined]  # of a nomination


def test_a_contact_point_whose_role_ended_opens_nothing_any_more(at_home: Guests) -> None:
    client = at_home.browser.client
    at_home.world.do("revoke-contact-point", "registrar", administration_id="SN", person_id="mariam")
    for address in ("/console/member/me", FORM):
        assert client.get(address, follow_redirects=False).status_code == 303
    assert (
        client.post("/console/member/withdraw", data={"number": "1"}, headers=SAME_SITE).url.path == "/console/member"
    )
    at_home.postbox.mails.clear()
    at_home.world.now = at_home.world.now.replace(year=at_home.world.now.year + 1)
    at_home.ask("mariam@example.org", "member")
    at_home.mailing.deliver()
    assert at_home.postbox.mails == []


def test_a_contact_point_has_no_page_of_holders_and_a_holder_none_of_members(contact: Guests) -> None:
    contact.sign_in("mariam@example.org", "member")
    assert contact.browser.client.get("/console/holder/me").url.path == "/console/holder"
    contact.ask("mariam@example.org", "holder")
    contact.mailing.deliver()
    assert len(contact.postbox.mails) == 1


def test_one_enters_a_demonstration_as_a_contact_point_or_a_holder_of_it(contact: Guests) -> None:
    for kind, guests, home in (("member", ["mariam", "yao"], HOME), ("holder", ["awa"], "Your certification")):
        page = contact.browser.get(f"/console/{kind}")
        assert sorted(page.values("button[name=person]", "value")) == guests
        assert contact.browser.post(f"/console/{kind}/enter", {"person": guests[0]}).h1 == home
