"""What waits, at the console: review, sign together, follow, refuse and withdraw, without JavaScript."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from ledger.domain.record import Role
from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser
from tests.scenario import names
from tests.support import World


@pytest.fixture
def desk(client: TestClient) -> Inbox:
    inbox: Inbox = client.app.state.console.office.inbox  # type: ignore[attr-defined]  # of the application
    return inbox


def file(desk: Inbox, name: str, *people: str, by: str = "registrar", **arguments: object) -> int:
    (number,) = desk.file([proposal(name, *people, **arguments)], "test", by=by)
    return number


def test_several_statements_are_reviewed_in_words_and_signed_with_one_gesture(
    browser: Browser, desk: Inbox, workshop: World
) -> None:
    for person in ("amy", "ben", "eve"):
        file(desk, "register-person", "registrar", person_id=person, details=names(person.title()))
    page = browser.enter("registrar").get("/console")
    assert "3 statements are ready for your signature." in page.text
    review = browser.get("/console/review?" + "&".join(f"n={n}" for n in page.values("input[name=n]", "value")))
    assert [word for word in ("Amy", "Ben", "Eve") if word in review.text] == ["Amy", "Ben", "Eve"]
    assert "You are about to sign 3 statements" in review.text
    fields = review.form("/console/sign")
    left_out = fields["n"].pop(1)
    size = workshop.ledger.size()
    signed = browser.post("/console/sign", fields)
    assert signed.text.count("Recorded entry") == 2
    links = signed.values("main a", "href")
    assert [link for link in links if link.startswith("/console/history/entries/")]
    assert [link for link in links if link.startswith("/console/history/people/")]
    assert workshop.ledger.size() == size + 2
    assert browser.get("/console").values("input[name=n]", "value") == [left_out]


def test_a_statement_of_two_waits_for_the_other_and_says_for_whom(browser: Browser, desk: Inbox) -> None:
    number = file(
        desk,
        "merge-persons",
        "registrar",
        "director",
        person_id="awa",
        merged_id="zoe",
        reason={"name": "reason", "value": "one human"},
    )
    review = browser.enter("registrar").get(f"/console/review?n={number}")
    signed = browser.post("/console/sign", review.form("/console/sign"))
    assert "Waits for others director Exemple" in signed.text
    others = browser.get("/console?show=others")
    assert "Registrar Exemple (Registrar, signed)" in others.text
    assert "Nothing waits for your signature." in browser.get("/console").text
    browser.client.cookies.clear()
    review = browser.enter("director").get(f"/console/review?n={number}")
    assert "Recorded entry" in browser.post("/console/sign", review.form("/console/sign")).text


def test_what_changed_since_it_was_listed_is_not_signed(browser: Browser, desk: Inbox, workshop: World) -> None:
    number = file(
        desk,
        "suspend-certification",
        "decider1",
        certification_id="c-awa",
        effective_from=workshop.now.date(),
        reason_code={"name": "suspension_reason", "value": "under-review"},
    )
    review = browser.enter("decider1").get(f"/console/review?n={number}")
    fields = review.form("/console/sign")
    fields[f"agreed-{number}"] = ["00" * 32]
    page = browser.post("/console/sign", fields)
    assert "Waits for your signature" in page.text
    waiting = desk.find(number)
    assert waiting is not None
    assert not waiting.signatures


def test_what_cannot_be_signed_yet_says_why(browser: Browser, desk: Inbox) -> None:
    file(desk, "grant-role", "director", person_id="nobody", role=Role.MODERATOR)
    page = browser.enter("director").get("/console")
    assert "1 statement waits for an earlier step." in page.text
    assert "Not yet:" in page.text
    assert "Nothing of this is ready" in browser.get("/console/review?n=1").text


@pytest.mark.parametrize(("act", "says"), [("refuse", "was refused"), ("withdraw", "was withdrawn")])
def test_a_statement_is_refused_or_withdrawn_with_a_reason(act: str, says: str, browser: Browser, desk: Inbox) -> None:
    number = file(desk, "register-person", "registrar", person_id="amy", details=names("Amy"))
    browser.enter("registrar")
    page = browser.post(f"/console/statements/{number}/{act}", {"reason": "filed by mistake"})
    assert "Not recorded" in page.text
    assert f"It {says} on" in page.text
    assert "filed by mistake" in page.text
    assert browser.client.get("/console/review", params={"n": number}).status_code == 200


def test_a_statement_is_shown_to_those_whom_it_concerns_only(browser: Browser, desk: Inbox) -> None:
    number = file(desk, "register-person", "registrar", person_id="amy", details=names("Amy"))
    browser.enter("moderator").get(f"/console/statements/{number}", status=404)
    assert "None of these statements is yours." in browser.get(f"/console/signed?n={number}").text
    assert "no longer waits" in browser.get(f"/console/review?n={number}").text


def test_the_list_is_searched_in_the_words_it_shows(browser: Browser, desk: Inbox) -> None:
    for person in ("amélie", "ben"):
        file(desk, "register-person", "registrar", person_id=person.replace("é", "e"), details=names(person.title()))
    browser.enter("registrar")
    assert len(browser.get("/console?q=amelie").values("input[name=n]", "value")) == 1
    assert "No results" in browser.get("/console?q=nobody").text


def test_many_that_wait_are_listed_page_by_page_and_counted_all(
    asked: list[str], workshop: World, tmp_path: Path
) -> None:
    """However many wait, a page asks the database as often, and prepares no more of them."""

    def count(address: str) -> int:
        asked.clear()
        browser.get(address)
        return len(asked)

    def file_until(last: int) -> None:
        people = range(len(desk.waiting()), last)
        desk.file(
            [proposal("register-person", "registrar", person_id=f"p{n}", details=names(f"N{n}")) for n in people],
            "test",
        )

    workshop.ledger.close()
    with console_over(workshop.copy(tmp_path / "counted")) as client:
        browser = Browser(client).enter("registrar")
        desk = client.app.state.console.office.inbox  # type: ignore[attr-defined]  # of the application
        file_until(130)
        page = browser.get("/console")
        assert "Waiting for me (130)" in page.text
        assert "100 statements are ready for your signature." in page.text
        (following,) = [link for link in page.values("main a", "href") if "start=" in link]
        rest = browser.get(following)
        assert [len(p.values("input[name=n]", "value")) for p in (page, rest)] == [100, 30]
        assert not any("start=" in link for link in rest.values("main a", "href"))
        assert len(browser.get("/console?q=n129").values("input[name=n]", "value")) == 1
        addresses = ("/console", "/console?q=n129", "/console/review?n=3", "/console/statements/3")
        before = {address: count(address) for address in addresses}
        file_until(430)
        assert {address: count(address) for address in addresses} == before


def test_what_somebody_filed_under_another_of_their_ids_is_theirs(
    browser: Browser, desk: Inbox, workshop: World
) -> None:
    number = file(desk, "register-person", "registrar", by="manager", person_id="amy", details=names("Amy"))
    reason = {"name": "reason", "value": "one human"}
    browser.enter("panel1").get(f"/console/statements/{number}", status=404)
    workshop.do("merge-persons", person_id="panel1", merged_id="manager", reason=reason)
    assert "Registrar Exemple (Registrar)" in browser.get("/console?show=others").text
    withdrawn = browser.post(f"/console/statements/{number}/withdraw", {"reason": "by mistake"})
    assert "It was withdrawn on" in withdrawn.text


def test_what_is_overdue_is_marked(browser: Browser, desk: Inbox, workshop: World) -> None:
    file(desk, "register-person", "registrar", person_id="amy", details=names("Amy"))
    browser.enter("registrar")
    assert browser.get("/console").texts(".overdue") == []
    workshop.now += timedelta(days=15)
    browser.client.cookies.clear()
    page = browser.enter("registrar").get("/console")
    assert re.match("waiting since", page.texts(".overdue")[0])


@pytest.mark.parametrize(
    "fields",
    [{}, {"n": "x"}, {"n": "1"}, {"n": "1", "agreed-1": "zz"}, {"n": ["1"] * 101}],
    ids=["nothing", "no number", "nothing agreed", "no digest", "too many"],
)
def test_a_form_that_no_page_sent_signs_nothing(fields: dict[str, object], browser: Browser, workshop: World) -> None:
    browser.enter("registrar")
    size = workshop.ledger.size()
    response = browser.client.post("/console/sign", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 400
    assert workshop.ledger.size() == size


def test_pages_are_in_french_too(client: TestClient, desk: Inbox) -> None:
    browser = Browser(client, "fr").enter("registrar")
    number = file(desk, "register-person", "registrar", person_id="amy", details=names("Amy"))
    for address in ("/console", "/console?show=others", f"/console/review?n={number}", "/console/sessions"):
        browser.get(address)
    assert "Vous allez signer 1 déclaration." in browser.get(f"/console/review?n={number}").text
    assert browser.get(f"/console/statements/{number}").h1 == f"Déclaration n° {number}"
    browser.client.cookies.clear()
    assert browser.enter("security").get("/console/why").h1 == "Autorisations"
