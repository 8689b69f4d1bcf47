"""Signing in by a link: nobody learns whose address is known, a link works once, and only its holder's page opens."""

from datetime import timedelta

import pytest

from api.console.access.guests import ONCE_IN_SECONDS
from api.console.access.sessions import COOKIES, GUEST_IDLE_SECONDS, Kind
from api.notices.facts import SIGN_IN_SECONDS
from api.notices.kinds import State
from api.notices.outbox import Outbox
from ledger.store.console_tables import LINKS
from tests.api.console.holders.conftest import Guests, give_address
from tests.api.console.pages import SAME_SITE
from tests.scenario import value


@pytest.mark.usefixtures("engine")
def test_a_holder_signs_in_by_a_link_and_out_again(guests: Guests) -> None:
    assert guests.sign_in("Awa@Example.org ").h1 == "Your certification"
    assert guests.postbox.recipients == ["awa@example.org"]
    assert guests.browser.get("/console/holder").h1 == "Your certification", "signed in already"
    assert guests.browser.post("/console/holder/sign-out").h1 == "For certified advisors: sign in"
    assert guests.browser.get("/console/holder/me").h1 == "For certified advisors: sign in"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_answer_is_the_same_whoever_has_the_address(guests: Guests, language: str) -> None:
    guests.browser.language = language
    guests.browser.client.headers["Accept-Language"] = language
    asked = ("awa@example.org", "zoe@example.org", "nobody@example.org", "no address", "")
    answers = {guests.ask(address).response.text for address in asked}
    assert len(answers) == 1
    guests.mailing.deliver()
    assert guests.postbox.recipients == ["awa@example.org"], "of the others nobody is certified"


def test_who_asks_again_is_sent_one_letter_in_five_minutes(guests: Guests) -> None:
    for _ in range(3):
        guests.ask("awa@example.org")
    first = guests.link()
    assert len(guests.postbox.mails) == 1
    guests.world.now += timedelta(seconds=ONCE_IN_SECONDS)
    guests.ask("awa@example.org")
    guests.browser.get(guests.link())
    assert len(guests.postbox.mails) == 2
    assert guests.browser.client.get(first).status_code == 404, "a later link makes it void"


def test_a_letter_that_could_not_be_sent_in_time_is_not_sent(guests: Guests) -> None:
    guests.ask("awa@example.org")
    guests.world.now += timedelta(seconds=SIGN_IN_SECONDS)
    guests.mailing.deliver()
    assert guests.postbox.mails == []
    assert [one.state for one in Outbox(guests.world.ledger).listed(list(State))] == [State.NOT_NEEDED]


def test_a_link_is_used_up_by_the_button_and_not_by_opening_it(guests: Guests) -> None:
    guests.ask("awa@example.org")
    link = guests.link()
    for _ in range(3):  # programs that read mail
        assert guests.browser.get(link).h1 == "Sign in"
        assert COOKIES[Kind.HOLDER] not in guests.browser.client.cookies
    assert guests.browser.post(link.partition("?")[0]).h1 == "Your certification"
    client = guests.browser.client
    client.cookies.clear()
    assert client.get(link).status_code == client.post(link, headers=SAME_SITE).status_code == 404
    assert client.get("/console/holder/me", follow_redirects=False).status_code == 303


def test_a_link_is_good_for_half_an_hour(guests: Guests) -> None:
    guests.ask("awa@example.org")
    link = guests.link()
    guests.world.now += timedelta(seconds=SIGN_IN_SECONDS - 1)
    assert guests.browser.get(link).h1 == "Sign in"
    guests.world.now += timedelta(seconds=1)
    assert guests.browser.client.post(link, headers=SAME_SITE).status_code == 404


def test_a_link_is_stored_nowhere(guests: Guests) -> None:
    guests.ask("awa@example.org")
    secret = guests.link().partition("?")[0].rpartition("/")[2]
    rows = guests.world.ledger.database.run(LINKS.select())
    assert [row.purpose for row in rows] == ["holder"]
    assert secret not in str(rows)
    assert secret not in str(Outbox(guests.world.ledger).listed(list(State)))


def test_a_link_for_holders_opens_no_page_of_members_and_enrols_no_passkey(guests: Guests) -> None:
    guests.ask("awa@example.org")
    secret = guests.link().partition("?")[0].rpartition("/")[2]
    assert guests.browser.client.get(f"/console/enrol/{secret}").status_code == 404


def test_a_session_ends_after_half_an_hour_without_a_click(guests: Guests) -> None:
    guests.sign_in("awa@example.org")
    guests.world.now += timedelta(seconds=GUEST_IDLE_SECONDS - 1)
    assert guests.browser.get("/console/holder/me").h1 == "Your certification"
    guests.world.now += timedelta(seconds=GUEST_IDLE_SECONDS)
    assert guests.browser.get("/console/holder/me").h1 == "For certified advisors: sign in"


def test_only_the_address_of_today_signs_in(guests: Guests) -> None:
    give_address(guests.world, "awa", "new@example.org")
    guests.ask("awa@example.org")
    guests.mailing.deliver()
    assert guests.postbox.mails == []
    assert guests.sign_in("new@example.org").h1 == "Your certification"


def test_somebody_registered_twice_signs_in_by_either_address_as_one_person(guests: Guests) -> None:
    world = guests.world
    world.person("twice", family_name="Exemple")
    give_address(world, "twice", "twice@example.org")
    world.do("merge-persons", person_id="twice", merged_id="awa", reason=value("reason", "one"))
    page = guests.sign_in("twice@example.org")
    assert page.h1 == "Your certification"
    assert "twice@example.org" in page.text
    assert any("TOA-PCA-FR-2017" in text for text in page.texts("h3"))


def test_nobody_enters_without_a_link(guests: Guests) -> None:
    client = guests.browser.client
    assert client.post("/console/holder/enter", data={"person": "awa"}, headers=SAME_SITE).status_code == 404
    client.cookies.set(COOKIES[Kind.HOLDER], "guessed")
    assert guests.browser.get("/console/holder/me").h1 == "For certified advisors: sign in"


def test_the_letter_is_in_the_language_of_the_page_on_which_it_was_asked_for(guests: Guests) -> None:
    for language, subject in (("en", "Your link to sign in"), ("fr", "Votre lien de connexion")):
        guests.world.now += timedelta(minutes=10)
        guests.browser.language = guests.browser.client.headers["Accept-Language"] = language
        guests.ask("awa@example.org")
        guests.link()
        assert guests.postbox.mails[-1]["Subject"] == subject
