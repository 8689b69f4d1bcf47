"""Until when a browser may show its copy of somebody's sheets: said by a cookie, which no script is needed to end."""

from datetime import timedelta
from http.cookies import SimpleCookie

from api.console.access.sessions import COPIES_COOKIE, IDLE_SECONDS, LONGEST_SECONDS
from api.console.sheets.copies import MARK
from tests.api.console.pages import SAME_SITE, Browser
from tests.api.console.sheets.conftest import MODERATION, QUEUE, fill
from tests.support import World


def test_the_pages_of_the_sheets_may_be_copied_as_long_as_the_session_lasts(browser: Browser, running: World) -> None:
    page = browser.enter("assessor1").get(QUEUE)
    cookie = SimpleCookie(page.response.headers["Set-Cookie"])[COPIES_COOKIE]
    assert (cookie.value, cookie["max-age"]) == (page.response.headers[MARK], str(IDLE_SECONDS))
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == ("", True, "strict")
    assert cookie.value not in browser.client.cookies["__Host-pca-ledger"]
    began = running.now
    while running.now < began + timedelta(seconds=LONGEST_SECONDS - IDLE_SECONDS / 2):
        running.now += timedelta(hours=1)
        page = browser.get(QUEUE)
    left = began + timedelta(seconds=LONGEST_SECONDS) - running.now
    assert SimpleCookie(page.response.headers["Set-Cookie"])[COPIES_COOKIE]["max-age"] == str(int(left.total_seconds()))


def test_no_other_page_may_be_copied(browser: Browser) -> None:
    fields = fill(browser.enter("assessor1").get(QUEUE), "c-awa", "case-study", practical_skills=3)
    refused = browser.post(QUEUE, fields | {"instead_of": ["9"]}, status=422)
    assert MARK not in refused.response.headers
    browser.enter("moderator")
    for address in ("/console", MODERATION, "/console/sign-in"):
        assert MARK not in browser.get(address).response.headers


def test_signing_out_or_in_ends_the_copies(browser: Browser) -> None:
    browser.enter("assessor1").get(QUEUE)
    assert COPIES_COOKIE in browser.client.cookies
    browser.enter("assessor2")
    assert COPIES_COOKIE not in browser.client.cookies
    browser.get(QUEUE)
    browser.client.post("/console/sign-out", headers=SAME_SITE)
    assert COPIES_COOKIE not in browser.client.cookies


def test_the_worker_is_a_program_that_asks_this_site_only(browser: Browser) -> None:
    answer = browser.client.get("/console/sheets-worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
    assert answer.headers["Cache-Control"] == "no-store"  # a newer one is found at once
    assert COPIES_COOKIE in answer.text
