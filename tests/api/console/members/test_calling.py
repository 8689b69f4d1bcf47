"""From the call to a nomination: the secretariat writes to contact points, who nominate, and a registrar signs."""

from datetime import timedelta

from tests.api.console.holders.conftest import Guests, give_address
from tests.api.console.members.conftest import COMING
from tests.api.console.members.test_members import FORM, nominate
from tests.api.console.pages import SAME_SITE
from tests.scenario import CRITERIA, value

NOMINATE, CALL = f"/console/workshops/{COMING}/nominate", f"/console/workshops/{COMING}/call"


def test_a_contact_point_is_called_signs_in_and_nominates_and_a_registrar_signs(contact: Guests) -> None:
    world, browser = contact.world, contact.browser
    until = world.now.date() + timedelta(days=30)
    page = browser.enter("registrar").get(NOMINATE)
    assert page.texts("#called label") == ["mariam Exemple (Senegal)", "yao Exemple (Côte d’Ivoire)"]
    assert len(page.form(CALL)["called"]) == 2
    form = {"called": ["mariam"], "until": until.isoformat()}
    browser.post(CALL, form)
    called = browser.post(CALL, form)  # sent again, it writes once
    assert "called until" in called.texts("#called label")[0]
    assert called.form(CALL)["called"] == ["yao"], "whoever was called is not called again unasked"
    (waiting,) = browser.client.app.state.console.office.inbox.waiting()  # type: ignore[attr-defined]  # of the application
    assert (waiting.proposal.name, waiting.people) == ("issue-call-for-nominations", frozenset({"manager"}))
    contact.mailing.deliver()
    (letter,) = contact.postbox.mails
    assert letter["To"] == "mariam Exemple <mariam@example.org>"
    assert letter["Subject"] == f"Appel à candidatures\u00a0: atelier {COMING}"
    assert "https://register.example.org/console/member?lang=fr" in letter.get_content()
    browser.client.cookies.clear()
    home = contact.sign_in("mariam@example.org", "member")
    assert f"Nominate for {COMING}" in home.text
    assert f"until {until.day} " in home.text
    nominate(contact, "Fatou", "fatou@example.org")
    review = browser.enter("registrar").get("/console")
    assert "the administration’s contact point" in review.text
    numbers = "&".join(f"n={number}" for number in review.values("input[name=n]", "value"))
    signed = browser.post("/console/sign", browser.get(f"/console/review?{numbers}").form("/console/sign"))
    assert signed.text.count("Recorded entry") == 2


def test_after_the_last_day_of_a_call_a_contact_point_writes_to_the_secretariat(contact: Guests) -> None:
    until = contact.world.now.date() + timedelta(days=1)
    contact.browser.enter("registrar").post(CALL, {"called": ["mariam"], "until": until.isoformat()})
    contact.world.now += timedelta(days=1)
    contact.browser.client.cookies.clear()
    assert f"Nominate for {COMING}" in contact.sign_in("mariam@example.org", "member").text
    contact.world.now += timedelta(days=1)
    contact.browser.client.cookies.clear()
    home = contact.sign_in("mariam@example.org", "member")
    assert f"The call ended on {until.day} " in home.text
    assert FORM not in home.values("a", "href")
    refused = contact.browser.client.get(FORM)
    assert refused.status_code == 422
    assert "the call for nominations ended on" in refused.text.casefold()


def test_a_call_that_is_not_right_or_not_the_secretariats_writes_to_nobody(contact: Guests) -> None:
    contact.browser.enter("panel1")
    assert contact.browser.client.post(CALL, data={"called": "mariam"}, headers=SAME_SITE).status_code == 403
    contact.browser.enter("manager")
    for fields, wrong in (
        ({"called": "mariam", "until": "tomorrow"}, ["#until"]),
        ({"called": "mariam", "until": "2017-01-01"}, ["#until"]),  # past
        ({"called": "mariam", "until": "2099-01-01"}, ["#until"]),  # after the workshop began
        ({"called": "awa"}, ["#until", "#called"]),  # no contact point
        (
            {"called": "mariam", "until": f"{contact.world.now + timedelta(days=30):%Y%m%d}"},
            ["#until"],
        ),  # another form of a day
    ):
        page = contact.browser.post(CALL, fields, status=422)
        assert page.values(".problems a", "href") == wrong
    assert contact.mailing.deliver()
    assert contact.postbox.mails == []


def test_a_call_is_not_sent_to_whoever_is_no_contact_point_any_more(contact: Guests) -> None:
    until = (contact.world.now.date() + timedelta(days=30)).isoformat()
    contact.browser.enter("registrar").post(CALL, {"called": ["mariam", "yao"], "until": until})
    contact.world.do("revoke-contact-point", "registrar", administration_id="SN", person_id="mariam")
    contact.mailing.deliver()
    assert [str(mail["To"]) for mail in contact.postbox.mails] == ["yao Exemple <yao@example.org>"]


def test_whoever_was_called_under_another_of_their_ids_is_not_called_again(contact: Guests) -> None:
    world, browser = contact.world, contact.browser.enter("registrar")
    call = {"until": (world.now.date() + timedelta(days=30)).isoformat()}
    browser.post(CALL, call | {"called": "mariam"})
    world.person("twin")
    give_address(world, "twin", "mariam@example.org")
    merged = {"person_id": "twin", "merged_id": "mariam", "reason": value("reason", "the same person")}
    world.do("merge-persons", "registrar", "director", **merged)
    assert "called until" in browser.post(CALL, call | {"called": "twin"}).texts("#called label")[0]
    contact.mailing.deliver()
    assert [str(mail["To"]) for mail in contact.postbox.mails] == ["twin Exemple <mariam@example.org>"]
    browser.client.cookies.clear()
    home = contact.sign_in("mariam@example.org", "member")
    assert f"until {world.now.date() + timedelta(days=30):%-d %B %Y}" in home.text


def test_a_contact_point_answers_an_invitation_and_no_other_administrations(contact: Guests) -> None:
    world, browser = contact.world, contact.browser
    world.do(
        "decide-eligibility",
        candidacy_id="c-kofi",
        findings=[{"criterion": criterion, "met": True} for criterion in CRITERIA],
    )
    world.do("shortlist-candidate", candidacy_id="c-kofi")
    world.do("invite-candidate", candidacy_id="c-kofi", reply_by=world.now.date() + timedelta(days=9))
    contact.mailing.deliver()  # the letter to the candidate
    answer = {"candidacy_id": "c-kofi", "said": "accepted"}
    browser.client.cookies.clear()
    assert "Invitations" not in contact.sign_in("mariam@example.org", "member").text
    refused = browser.client.post("/console/member/answer", data=answer, headers=SAME_SITE)
    assert refused.status_code == 404
    browser.client.cookies.clear()
    home = contact.sign_in("yao@example.org", "member")
    assert home.texts("h3")[1] == "Invitations"
    for _ in range(2):
        browser.post("/console/member/answer", answer)
    waiting = browser.client.app.state.console.office.inbox.waiting()  # type: ignore[attr-defined]  # of the application
    assert [item.proposal.name for item in waiting] == ["record-answer"]
    review = browser.enter("registrar").get("/console")
    numbers = "&".join(f"n={number}" for number in review.values("input[name=n]", "value"))
    browser.post("/console/sign", browser.get(f"/console/review?{numbers}").form("/console/sign"))
    recorded = world.read().candidacy("c-kofi").preparation.answer
    assert recorded is not None
    assert (recorded.accepted, recorded.released) == (True, True)
