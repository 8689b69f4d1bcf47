"""Notices at the console: each kind is seen in both languages, and a person decides about what was not sent."""

from starlette.testclient import TestClient

from api.notices.kinds import KINDS, Kind, State, Wanted
from api.notices.outbox import Outbox
from ledger.store.leases import alone
from tests.api.console.pages import Browser
from tests.support import World

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
    browser.enter("assessor1")
    assert client.get(HOME).status_code == 403


def test_each_kind_is_seen_in_both_languages_as_it_is_sent(browser: Browser) -> None:
    browser.enter("manager")
    for kind in KINDS:
        page = browser.get(f"{HOME}/preview/{kind}")
        assert page.values("section", "lang") == ["en", "fr"]
        assert all(page.texts("pre"))
