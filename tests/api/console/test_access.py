"""Signing in, sessions, and who may open which page."""

from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.testclient import TestClient

from api.console import routers
from api.console.access.actions import ACTIONS
from api.console.access.demonstrating import keys_of_demonstration
from api.console.access.sessions import COOKIE, COOKIES, IDLE_SECONDS, LONGEST_SECONDS, Kind
from api.console.permissions import RULES
from api.secretariat.inbox import Inbox
from ledger.domain.record import Role
from ledger.domain.subjects import COMMAND_TYPES
from ledger.store.console_tables import SESSIONS
from tests.api.console.pages import SAME_SITE, Browser
from tests.scenario import ROLES
from tests.serving import client_of
from tests.support import World

ROUTES = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert sorted(route.name for route in ROUTES) == sorted(RULES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_page_is_closed_to_whoever_is_not_signed_in(route: APIRoute, client: TestClient) -> None:
    method = next(iter(route.methods or ()))
    address = route.path.replace("{number}", "1")
    response = client.request(method, address, headers={**SAME_SITE, "Accept": "text/html"}, follow_redirects=False)
    rule = RULES[route.name]
    if rule.roles is None:
        assert "sign-in?next" not in response.headers.get("location", "")
    elif rule.kind is not Kind.OFFICER:
        assert (response.status_code, response.headers["location"]) == (303, f"/console/{rule.kind}?lang=en")
        program = client.request(method, address, headers={**SAME_SITE, "Accept": "application/json"})
        assert (program.status_code, program.json()["code"]) == (401, "not-authenticated")
    else:
        assert response.status_code == 303
        assert response.headers["location"].startswith("/console/sign-in?next=%2Fconsole")
        program = client.request(method, address, headers={**SAME_SITE, "Accept": "application/json"})
        assert (program.status_code, program.json()["code"]) == (401, "not-authenticated")


@pytest.mark.parametrize("role", [role for role in Role if role in ROLES.values()])
def test_each_role_opens_the_pages_that_the_table_allows_and_no_other(role: Role, client: TestClient) -> None:
    person = next(name for name, held in ROLES.items() if held is role)
    browser = Browser(client).enter(person)
    for route in ROUTES:
        if RULES[route.name].roles is None or "POST" in (route.methods or ()):
            continue
        response = client.get(route.path.replace("{number}", "1"))
        if RULES[route.name].kind is not Kind.OFFICER:
            assert response.url.path == f"/console/{RULES[route.name].kind}", "an officer is no guest"
            continue
        is_refused = response.status_code == 403
        assert is_refused is not RULES[route.name].allows({role}), route.name
        if is_refused:
            assert "This page is open to: " in response.text
    assert browser.get("/console").h1 == "To do"


def test_the_session_of_a_guest_opens_no_page_of_another_kind(client: TestClient) -> None:
    sessions = client.app.state.console.sessions  # type: ignore[attr-defined]  # of the application
    secret = sessions.begin(Kind.HOLDER, "registrar", "", "")
    for kind in Kind:  # also in the cookie of another kind
        client.cookies.clear()
        client.cookies.set(COOKIES[kind], secret)
        for route in ROUTES:
            rule, address = RULES[route.name], route.path.replace("{number}", "1")
            if rule.roles is not None:
                asks = {**SAME_SITE, "Accept": "text/html"}
                response = client.request(
                    next(iter(route.methods or ())), address, headers=asks, follow_redirects=False
                )
                assert response.status_code == 303, route.name
                begins = "/console/sign-in?" if rule.kind is Kind.OFFICER else f"/console/{rule.kind}?"
                assert response.headers["location"].startswith(begins)


def test_a_role_that_is_revoked_opens_nothing_any_more(client: TestClient, workshop: World) -> None:
    browser = Browser(client).enter("moderator")
    assert browser.get("/console").h1 == "To do"
    workshop.do("revoke-role", "director", person_id="moderator", role=Role.MODERATOR)
    assert client.get("/console/workshops").status_code == 403
    assert browser.get("/console").h1 == "To do"  # of what they sign in their own name
    commands = browser.get("/console/commands").values("ul.commands a", "href")
    own = {row.name for row in COMMAND_TYPES if row.in_own_name and not row.by_officers}
    assert {address.rpartition("/")[2] for address in commands} == own
    assert client.get("/console/commands/register-person").status_code == 403
    assert not client.get("/console/commands/agree-to-key").text.count("Exemple</option>")  # nobody else is listed


def test_a_key_that_is_revoked_ends_its_sessions(client: TestClient, workshop: World) -> None:
    Browser(client).enter("moderator")
    key_id = client.app.state.console.demonstrated["moderator"].key_id  # type: ignore[attr-defined]  # of the application
    workshop.do("revoke-key", "security", person_id="moderator", key_id=key_id, reason_code="lost")
    assert client.get("/console", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("passed", "lasts"),
    [
        ([IDLE_SECONDS - 1], True),
        ([IDLE_SECONDS], False),
        ([IDLE_SECONDS - 100] * (LONGEST_SECONDS // (IDLE_SECONDS - 100)), True),
        ([IDLE_SECONDS - 100] * (LONGEST_SECONDS // (IDLE_SECONDS - 100) + 1), False),
    ],
)
def test_a_session_ends_when_it_is_not_used_and_after_half_a_day(
    passed: list[int], lasts: bool, client: TestClient, workshop: World
) -> None:
    Browser(client).enter("registrar")
    codes = []
    for seconds in passed:
        workshop.now += timedelta(seconds=seconds)
        codes.append(client.get("/console", follow_redirects=False).status_code)
    assert (codes[-1] == 200) is lasts


def test_signing_out_ends_the_session_also_for_a_copy_of_the_cookie(client: TestClient) -> None:
    browser = Browser(client).enter("registrar")
    copied = client.cookies[COOKIE]
    assert browser.post("/console/sign-out").h1 == "Sign in"
    assert client.cookies.get(COOKIE) is None
    client.cookies.set(COOKIE, copied)
    assert client.get("/console", follow_redirects=False).status_code == 303


def test_the_cookie_is_for_this_host_only_and_no_script_reads_it(client: TestClient) -> None:
    response = client.post("/console/enter", data={"person": "registrar"}, headers=SAME_SITE, follow_redirects=False)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert COOKIE.startswith("__Host-")
    for attribute in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_one_sees_and_ends_ones_own_sessions_only(client: TestClient) -> None:
    browser, cookies = Browser(client), []
    for person in ("registrar", "registrar", "director"):
        client.cookies.clear()
        browser.enter(person)
        cookies.append(client.cookies[COOKIE])

    def as_session(cookie: str) -> None:
        client.cookies.clear()
        client.cookies.set(COOKIE, cookie)

    def lasts(cookie: str) -> bool:
        as_session(cookie)
        return client.get("/console", follow_redirects=False).status_code == 200

    as_session(cookies[0])
    page = browser.get("/console/sessions")
    rows, ids = page.texts("tbody tr"), page.values("button[name=session]", "value")
    assert len(rows) == len(ids) == 2
    (other,) = (session for session, row in zip(ids, rows, strict=True) if "(this one)" not in row)
    as_session(cookies[2])
    browser.post("/console/sessions/end", {"session": other})
    assert lasts(cookies[1]), "nobody ends the session of another person"
    as_session(cookies[0])
    browser.post("/console/sessions/end", {"session": other})
    assert [lasts(cookie) for cookie in cookies] == [True, False, True]
    assert client.post("/console/sessions/end", data={"session": "\0"}, headers=SAME_SITE).status_code == 400


def test_nothing_is_kept_of_sessions_that_are_over_for_long(client: TestClient, workshop: World) -> None:
    for _ in range(2):
        Browser(client).enter("registrar")
        workshop.now += timedelta(seconds=LONGEST_SECONDS)
    Browser(client).enter("director")
    assert [row.person for row in workshop.ledger.database.run(select(SESSIONS))] == ["director"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://register.example.org"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://register.example.org"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(headers: dict[str, str], status: int, client: TestClient) -> None:
    response = client.post("/console/enter", data={"person": "registrar"}, headers=headers, follow_redirects=False)
    assert response.status_code == status
    if status == 403:
        assert response.json()["code"] == "cross-site"


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/console/sessions", "/console/sessions"),
        ("/console?show=others", "/console?show=others"),
        ("https://evil.example/console/", "/console"),
        ("//evil.example", "/console"),
        ("/console/\\evil.example", "/console"),
        ("/consoles", "/console"),
        ("/console/sign-in", "/console"),
    ],
)
def test_one_is_led_back_to_a_page_of_the_console_only(wanted: str, reached: str, client: TestClient) -> None:
    fields = {"person": "registrar", "next": wanted}
    response = client.post("/console/enter", data=fields, headers=SAME_SITE, follow_redirects=False)
    assert response.headers["location"] == reached


def test_only_a_demonstration_lets_people_enter(workshop: World) -> None:

    with closing(Inbox(workshop.ledger)) as inbox, client_of(workshop.ledger, inbox=inbox) as client:
        page = Browser(client).get("/console/sign-in")
        assert "demonstration: enter" not in page.text
        response = client.post("/console/enter", data={"person": "registrar"}, headers=SAME_SITE)
        assert response.status_code == 404


def test_a_register_that_is_no_demonstration_gives_no_keys(workshop: World, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a demonstration"):
        keys_of_demonstration(workshop.ledger, tmp_path)


def test_everything_that_pages_do_for_officers_is_said_in_words_once_and_by_one_rule() -> None:
    said = [route for routes in ACTIONS.values() for route in routes]
    guests = {route for route, rule in RULES.items() if rule.kind is not Kind.OFFICER}
    assert Counter(said) == Counter({*RULES} - guests)
    assert all(len({RULES[route] for route in routes}) == 1 for routes in ACTIONS.values())


def test_why_says_which_rule_allows_or_forbids(browser: Browser) -> None:
    page = browser.enter("security").get("/console/why?person=registrar&action=grant-role")
    (row,) = page.texts("tbody tr")
    assert page.texts("main h2") == ["Registrar Exemple"]
    assert "no Secretariat director" in row
    page = browser.get("/console/why?person=registrar&action=register-person")
    assert "yes Registrar" in page.texts("tbody tr")[0]
    assert "no" in browser.get("/console/why?person=registrar&action=access.why").texts("tbody td")
    (row,) = browser.get("/console/why?person=registrar&action=reveal the sheets").texts("tbody tr")
    assert row.startswith("Reveal the score sheets sheets.reveal yes Registrar")
    assert "Nothing is called like that" in browser.get("/console/why?person=registrar&action=fly").text


def test_why_of_all_officers_includes_founders_of_whom_nothing_was_recorded_since(browser: Browser) -> None:
    page = browser.enter("security").get("/console/why?person=&action=grant-role")
    place = [one.casefold() for one in page.texts("main h2")].index("director exemple")
    assert " yes " in page.texts("tbody tr")[place]


def test_the_language_that_was_chosen_stays(client: TestClient) -> None:
    browser = Browser(client, "fr").enter("registrar")
    assert browser.get("/console").h1 == "À faire"
    browser.language = "en"
    assert browser.get("/console?lang=en").h1 == "To do"
    assert browser.get("/console").h1 == "To do"
    public = client.get("/advisors", headers={"Accept-Language": "fr"})
    assert public.headers["content-language"] == "fr", "pages that caches keep depend on no cookie"
