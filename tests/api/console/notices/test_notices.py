"""Notices at the console: each kind is seen in both languages, and a person decides about what was not sent."""

from starlette.testclient import TestClient

from api.notices.kinds import KINDS, Kind, State, Wanted
from api.notices.outbox import Outbox
from ledger.domain.record import Role
from ledger.store.leases import alone
from tests.api.console.conftest import console_over
from tests.api.console.pages import SAME_SITE, Browser
from tests.support import World, key_of

HOME = "/console/notices"


def queued(world: World) -> Outbox:
    """An outbox with two notices that were refused by the mail server."""
    outbox = Outbox(world.ledger)
    outbox.queue([Wanted(Kind.REFUSAL, "zoe", "1", "x"), Wanted(Kind.CERTIFICATE, "awa", "2", "y")], world.now)
    for notice in outbox.due(world.now, 10):
        outbox.end(alone(), notice, State.REFUSED, world.now)
    return outbox


def test_what_was_not_sent_is_sent_again_or_closed_once(workshop: World, client: TestClient, browser: Browser) -> None:
    outbox = queued(workshop)
    page = browser.enter("registrar").get(HOME)
    again = next(action for action in page.values("td form", "action") if action.endswith("/resend"))
    closing = next(
        action for action in page.values("td form", "action") if action.endswith("/close") and action[:-6] != again[:-7]
    )
    assert [notice.state for notice in outbox.listed([State.REFUSED])] == [State.REFUSED, State.REFUSED]
    assert "waits" in browser.post(again).text
    assert "No such notice." in browser.post(closing).text
    assert {notice.state for notice in outbox.listed(list(State))} == {State.QUEUED, State.CLOSED}
    refused = browser.post(closing, status=422)
    assert "needs no decision any more" in refused.text
    assert len(browser.get(f"{HOME}?show=all").texts("tbody tr")) == 2
    no_text = client.post(f"{HOME}/a%00/resend", headers=SAME_SITE)
    assert no_text.status_code == client.post(f"{HOME}/a%00/close", headers=SAME_SITE).status_code == 400
    browser.enter("assessor1")
    assert client.get(HOME).status_code == 403


def test_many_notices_ask_the_database_no_more_often_than_few(workshop: World, asked: list[str]) -> None:
    outbox, counts = queued(workshop), list[int]()
    with console_over(workshop) as client:
        browser = Browser(client).enter("registrar")
        for more in ((), ("decider1", "decider2", "panel1")):
            outbox.queue([Wanted(Kind.RECEIPT, person, person, "1") for person in more], workshop.now)
            browser.get(f"{HOME}?show=all")
            asked.clear()
            assert len(browser.get(f"{HOME}?show=all").texts("tbody tr")) == 2 + len(more)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_nobody_decides_whether_they_or_their_competitors_are_told(workshop: World) -> None:
    """Zoé was refused, and is a registrar now."""
    outbox = queued(workshop)
    workshop.do("grant-role", "director", person_id="zoe", role=Role.REGISTRAR)
    workshop.do("register-key", "security", "zoe", person_id="zoe", public_key=key_of("zoe").public)
    with console_over(workshop, {"zoe": key_of("zoe")}) as client:
        page = Browser(client).enter("zoe").get(HOME)
        assert "left out" in page.text
        assert page.texts("tbody tr") == []
        for notice in outbox.listed([State.REFUSED]):
            for deed in ("resend", "close"):
                assert client.post(f"{HOME}/{notice.id}/{deed}", headers=SAME_SITE).status_code == 422
    assert len(outbox.listed([State.REFUSED])) == 2


def test_each_kind_is_seen_in_both_languages_as_it_is_sent(browser: Browser) -> None:
    browser.enter("manager")
    for kind in KINDS:
        page = browser.get(f"{HOME}/preview/{kind}")
        assert page.values("section", "lang") == ["en", "fr"]
        assert all(page.texts("pre"))
