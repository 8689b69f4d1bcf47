"""What is passed on and followed: the feed, the calendars, the badge, and the section of the page that offers them."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from icalendar import Calendar, Timezone
from starlette.testclient import TestClient

from api.doors.guard import SECURITY_HEADERS
from api.public import sharing
from api.sharing import calendar
from tests.api.public.conftest import BASE
from tests.api.public.test_pages import FRENCH, HTML, followed, withdraw
from tests.projections.test_changes import DECIDERS, NUMBER, SECOND, live_through_everything
from tests.serving import client_of
from tests.support import World

ATOM = "{http://www.w3.org/2005/Atom}"
NAME = "awa N'Guessan-Écho"
BADGE = f"/certificates/{NUMBER}/status.svg"


def feed(client: TestClient, address: str = "/changes.atom") -> ElementTree.Element:
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "application/atom+xml"
    return ElementTree.fromstring(answer.text)  # noqa: S314 - our own


def link(element: ElementTree.Element, relation: str) -> str | None:
    found = [each.get("href") for each in element.findall(f"{ATOM}link") if each.get("rel") == relation]
    return found[0] if found else None


def text(element: ElementTree.Element, name: str) -> str:
    found = element.findtext(f"{ATOM}{name}")
    assert found is not None
    return found


def events(client: TestClient, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer.headers["Content-Type"].partition(";")[0] == "text/calendar"
    made = Calendar.from_ical(answer.content)
    assert made.subcomponents, "RFC 5545, 3.6: icalbody = calprops component; component = 1*(...)"
    return list(made.walk("VEVENT"))


def path_of(url: str | None) -> str:
    assert url is not None
    return url.removeprefix(BASE)


def do(client: TestClient, world: World, name: str, *people: str, **arguments: Any) -> None:
    world.do(name, *people, certification_id="c-awa", **arguments)
    followed(client, world)


def test_changes_are_read_on_from_where_one_stopped(client: TestClient, listed: World) -> None:
    live_through_everything(listed)
    followed(client, listed)
    first = client.get("/changes?limit=4").json()
    assert [change["kind"] for change in first["changes"]] == ["issued", "suspended", "suspension-lifted", "renewed"]
    second = client.get(path_of(first["next"])).json()
    assert [change["kind"] for change in second["changes"]] == ["reissued", "withdrawn"]
    assert second["next"] is None
    assert client.get(f"/changes?after={second['last']}").json() == {
        "changes": [],
        "last": second["last"],
        "next": None,
    }
    (reissued, _) = second["changes"]
    assert (reissued["number"], reissued["old_number"]) == (SECOND, NUMBER)
    assert reissued["url"] == f"{BASE}/certificates/{SECOND}"
    assert (reissued["label_en"], reissued["label_fr"]) == ("Certificate reissued", "Certificat réémis")


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", f"after={2**63}", "limit=0", "limit=1001", "after=1&limit=1.5"]
)
def test_a_wrong_place_to_read_on_from_is_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"/changes?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "input")
    assert client.get("/changes.atom?before=0").status_code == 400


def test_the_feed_has_stable_ids_and_leads_to_the_certificate(client: TestClient, listed: World) -> None:
    root = feed(client)
    (entry,) = root.findall(f"{ATOM}entry")
    position = client.get("/changes").json()["changes"][0]["position"]
    assert text(root, "id") == "tag:ledger.example.org,2017-01-09:changes/en"
    assert text(entry, "id") == f"tag:ledger.example.org,2017-01-09:changes/{position}"
    assert text(entry, "title") == f"Certificate issued: {NUMBER}"
    assert text(entry, "updated") == text(root, "updated") == "2017-05-19T16:00:22+00:00"
    assert text(entry, "summary") == "Effective from 19 May 2017."
    assert link(entry, "alternate") == f"{BASE}/certificates/{NUMBER}?lang=en"
    assert text(root, f"author/{ATOM}name") == "Example Customs Organisation"
    french = feed(client, "/changes.atom?lang=fr")
    (entry,) = french.findall(f"{ATOM}entry")
    assert text(entry, "title") == f"Certificat délivré : {NUMBER}"
    assert text(entry, "summary") == "Avec effet au 19 mai 2017."
    assert text(entry, "id").endswith(f":changes/{position}")
    assert link(french, "self") == f"{BASE}/changes.atom?lang=fr"


def test_the_feed_comes_in_pages(client: TestClient, listed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    live_through_everything(listed)
    followed(client, listed)
    monkeypatch.setattr(sharing, "FEED_PAGE", 4)
    newest = feed(client)
    assert [text(e, "title").partition(":")[0] for e in newest.findall(f"{ATOM}entry")] == [
        "Certification withdrawn",
        "Certificate reissued",
        "Certification renewed",
        "Suspension lifted",
    ]
    older = feed(client, path_of(link(newest, "next")))
    assert len(older.findall(f"{ATOM}entry")) == 2
    assert link(older, "next") is None
    assert link(older, "first") == link(newest, "self")


def test_a_feed_without_changes_is_always_the_same(world: World) -> None:
    with client_of(world.ledger, BASE) as client:
        first = client.get("/changes.atom")
        assert first.text == client.get("/changes.atom").text
        assert "<entry>" not in first.text
        assert client.get("/changes").json() == {"changes": [], "last": 0, "next": None}


def test_a_calendar_without_events_is_one_to_subscribe_to(world: World) -> None:
    with client_of(world.ledger, BASE) as client:
        assert events(client, "/expiries.ics?months=60") == []
        answer = client.get("/expiries.ics?months=60")
    assert answer.status_code == 200
    (zone,) = Calendar.from_ical(answer.content).subcomponents
    assert isinstance(zone, Timezone)
    assert zone["TZID"] == "Etc/UTC"
    assert zone.to_tz().utcoffset(datetime(2018, 1, 15)) == timedelta(0)  # noqa: DTZ001 - of that zone
    world.workshop()
    with client_of(world.ledger, BASE) as client:
        (event,) = Calendar.from_ical(client.get("/expiries.ics?months=60").content).subcomponents
    assert event.name == "VEVENT"


def test_no_name_is_in_what_cannot_be_taken_back(client: TestClient, listed: World) -> None:
    for address in ("/changes", "/changes.atom", BADGE):
        assert "N'Guessan" not in client.get(address).text
        assert "N&#39;Guessan" not in client.get(address).text


def test_the_calendar_names_the_holder_by_consent_only(client: TestClient, listed: World) -> None:
    (event,) = events(client, "/expiries.ics?months=60&lang=fr")
    assert event["SUMMARY"] == f"Échéance du certificat {NUMBER} ({NAME})"
    assert event["SUMMARY"].params["LANGUAGE"] == "fr"
    listed.do("withdraw-listing-consent", "registrar", person_id="awa")
    followed(client, listed)
    for address in ("/expiries.ics?months=60", f"/certificates/{NUMBER}/expiry.ics"):
        (event,) = events(client, address)
        assert event["SUMMARY"] == f"Certificate {NUMBER} expires"


def test_no_name_outlives_the_consent_in_memory(client: TestClient, listed: World) -> None:
    calendar._rest.cache_clear()
    assert NAME in client.get("/expiries.ics?months=60").text.replace("\r\n ", "")
    listed.do("withdraw-listing-consent", "registrar", person_id="awa")
    followed(client, listed)
    assert NAME not in client.get("/expiries.ics?months=60").text.replace("\r\n ", "")
    # What was kept of the first answer served the second: there is no name in it.
    assert (calendar._rest.cache_info().hits, calendar._rest.cache_info().currsize) == (1, 1)


def test_the_calendar_has_the_coming_months_and_for_a_while_what_was_moved(client: TestClient, listed: World) -> None:
    def last_days(address: str = "/expiries.ics") -> list[date]:
        return [event.decoded("DTSTART") for event in events(client, address)]

    for now, ahead, day in (
        (datetime(2018, 1, 20, tzinfo=UTC), "", []),
        (datetime(2019, 11, 18, tzinfo=UTC), "", [date(2020, 5, 18)]),
        (datetime(2019, 11, 17, tzinfo=UTC), "?months=5", []),
        (datetime(2018, 1, 20, tzinfo=UTC), "?months=28", [date(2020, 5, 18)]),
        (datetime(2020, 8, 18, tzinfo=UTC), "", [date(2020, 5, 18)]),
        (datetime(2020, 8, 19, tzinfo=UTC), "", []),
    ):
        listed.now = now
        assert last_days(f"/expiries.ics{ahead}") == day, now
    listed.now = datetime(2020, 3, 10, tzinfo=UTC)
    do(client, listed, "renew-certification", *DECIDERS, method="reassessment")
    assert last_days() == [date(2023, 5, 18)], "it moved out of the months ahead"
    listed.now = datetime(2020, 6, 11, tzinfo=UTC)
    assert last_days() == []
    assert client.get("/expiries.ics?months=61").status_code == 400


def test_a_name_is_folded_and_escaped(staffed: World) -> None:
    staffed.certify(family_name="N'Guessan; née Écho, " + "É" * 60)
    staffed.do("give-listing-consent", "registrar", person_id="awa")
    with client_of(staffed.ledger, BASE) as client:
        (event,) = events(client, "/expiries.ics?months=60")
        assert all(
            len(line) <= 75 for line in client.get("/expiries.ics?months=60").content.split(b"\r\n")
        )  # RFC 5545, 3.1
    assert event["SUMMARY"] == f"Certificate {NUMBER} (awa N'Guessan; née Écho, {'É' * 60}) expires"


def test_the_calendar_has_the_last_day_and_a_reminder(client: TestClient, listed: World) -> None:
    (event,) = events(client, f"/certificates/{NUMBER.lower()}/expiry.ics")
    assert event.decoded("DTSTART") == date(2020, 5, 18)
    assert event["DTSTART"].params["VALUE"] == "DATE"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == -timedelta(weeks=8)
    assert event["UID"] == "expiry-c-awa@ledger.example.org"
    assert f"{BASE}/certificates/{NUMBER}" in event["DESCRIPTION"]


def test_a_renewal_moves_the_event_and_a_withdrawal_cancels_it(client: TestClient, listed: World) -> None:
    (before,) = events(client, "/expiries.ics?months=60")
    listed.now = datetime(2020, 3, 10, tzinfo=UTC)
    do(client, listed, "renew-certification", *DECIDERS, method="reassessment")
    (renewed,) = events(client, "/expiries.ics?months=60")
    assert renewed.decoded("DTSTART") == date(2023, 5, 18)
    assert renewed["UID"] == before["UID"]
    assert renewed["SEQUENCE"] > before["SEQUENCE"]
    do(client, listed, "withdraw-certification", *DECIDERS, effective_from=date(2020, 6, 1), reason_code="other")
    (cancelled,) = events(client, f"/certificates/{NUMBER}/expiry.ics")
    assert (cancelled["STATUS"], cancelled["UID"]) == ("CANCELLED", before["UID"])
    assert cancelled.walk("VALARM") == []


def test_what_never_expires_has_no_calendar(staffed: World) -> None:
    staffed.certify(validity_months=None)
    with client_of(staffed.ledger, BASE) as client:
        assert events(client, "/expiries.ics?months=60") == []
        assert client.get(f"/certificates/{NUMBER}/expiry.ics").status_code == 404
        assert "for your calendar" not in client.get(f"/certificates/{NUMBER}", headers=HTML).text
        assert '<title id="title">PCA advisor | in force</title>' in client.get(BADGE).text
        assert "expirationYear" not in client.get(f"/certificates/{NUMBER}", headers=HTML).text


def test_the_badge_says_what_the_register_says_today(client: TestClient, listed: World) -> None:
    def says(lang: str = "en") -> str:
        found = re.search(r'<title id="title">(.*?)</title>', client.get(f"{BADGE}?lang={lang}").text)
        assert found is not None
        return found[1]

    assert says() == "PCA advisor | in force until 18 May 2020"
    assert says("fr") == "Conseiller CAP | en vigueur jusqu’au 18 mai 2020"
    do(client, listed, "suspend-certification", "decider1", effective_from=date(2018, 1, 10), reason_code="other")
    assert says() == "PCA advisor | suspended"
    do(client, listed, "lift-suspension", "decider1", effective_from=date(2018, 1, 15))
    do(client, listed, "reissue-certificate", "registrar", reason_code="lost")
    assert says() == "PCA advisor | superseded"
    assert "in force until" in client.get(f"/certificates/{SECOND}/status.svg").text
    withdraw(listed)
    followed(client, listed)
    assert says() == "PCA advisor | withdrawn"
    assert says("fr") == "Conseiller CAP | retirée"


def test_an_expired_certificate_says_so_though_nobody_recorded_it(client: TestClient, listed: World) -> None:
    listed.now = datetime(2020, 5, 18, 23, tzinfo=UTC)
    assert "in force until 18 May 2020" in client.get(BADGE).text
    listed.now += timedelta(hours=1)
    assert "| expired<" in client.get(BADGE).text


def test_the_badge_may_be_embedded_and_a_page_may_not(client: TestClient, listed: World) -> None:
    answer = client.get(BADGE)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    others = {name: value for name, value in SECURITY_HEADERS.items() if name != "Cross-Origin-Resource-Policy"}
    assert {name: answer.headers[name] for name in others} == others
    assert answer.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    again = client.get(BADGE, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Cross-Origin-Resource-Policy"]) == (304, "cross-origin")
    page = client.get(f"/certificates/{NUMBER}")
    assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_badge_is_a_picture_with_words_that_needs_nothing_else(client: TestClient) -> None:
    root = ElementTree.fromstring(client.get(BADGE).text)  # noqa: S314 - our own
    svg = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert "Example Customs Organisation" in (root.findtext(f"{svg}desc") or "")
    assert {element.tag.removeprefix(svg) for element in root.iter()} <= {
        "svg", "title", "desc", "rect", "path", "g", "text",
    }  # fmt: skip
    assert not [name for element in root.iter() for name in element.attrib if name == "style" or "href" in name]


def test_a_title_in_the_badge_is_text_whatever_it_holds(staffed: World) -> None:
    plan = staffed.do

    def renamed(name: str, *people: str, **arguments: Any) -> str:
        return plan(
            name, *people, **(arguments | {"title_en": "<script>&\"'"} if name == "establish-scheme" else arguments)
        )

    staffed.do = renamed  # type: ignore[method-assign]
    staffed.certify()
    with client_of(staffed.ledger, BASE) as client:
        root = ElementTree.fromstring(client.get(BADGE).text)  # noqa: S314 - our own
        assert root.findtext("{http://www.w3.org/2000/svg}title") == "<script>&\"' | in force until 18 May 2020"
        page = client.get(f"/certificates/{NUMBER}", headers=HTML).text
        assert "<script>" not in page


def test_what_there_is_no_certificate_for_is_not_there(client: TestClient) -> None:
    for name in ("status.svg", "expiry.ics"):
        assert client.get(f"/certificates/TOA-PCA-FR-2017-02-BTJ/{name}").status_code == 404
        assert client.get(f"/certificates/nonsense/{name}").status_code == 400


def test_the_page_offers_the_snippet_and_the_links(client: TestClient, listed: World) -> None:
    page = client.get(f"/certificates/{NUMBER}", headers=HTML).text
    copied = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert copied is not None
    assert f"{BASE}/certificates/{NUMBER}/status.svg?lang=en" in copied[1]
    assert "<" not in copied[1]
    french = client.get(f"/certificates/{NUMBER}", headers=FRENCH).text
    assert "Partager" in french
    assert "communique à LinkedIn" in french
    assert f"/certificates/{NUMBER}/expiry.ics?lang=fr" in french


def profile(page: str) -> dict[str, list[str]] | None:
    found = re.search(r'href="(https://www\.linkedin\.com/[^"]+)"', page)
    return None if found is None else parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)


def test_a_valid_certificate_can_be_added_to_a_profile(client: TestClient, listed: World) -> None:
    address = f"/certificates/{NUMBER}"
    page = client.get(address, headers=HTML).text
    assert profile(page) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["PCA advisor"],
        "organizationName": ["Example Customs Organisation"],
        "issueYear": ["2017"],
        "issueMonth": ["5"],
        "expirationYear": ["2020"],
        "expirationMonth": ["5"],
        "certUrl": [f"{BASE}/certificates/{NUMBER}"],
        "certId": [NUMBER],
    }
    assert "sends LinkedIn" in page
    assert profile(client.get(f"{address}?on=2017-06-01", headers=HTML).text) is None
    withdraw(listed)
    followed(client, listed)
    assert profile(client.get(address, headers=HTML).text) is None


def test_every_page_leads_to_feed_and_calendar(client: TestClient) -> None:
    head = client.get("/", headers=HTML).text.partition("</head>")[0]
    for kind, address in (("application/atom+xml", "/changes.atom"), ("text/calendar", "/expiries.ics")):
        (found,) = re.findall(rf'<link rel="alternate" type="{re.escape(kind)}" href="([^"]+)"', head)
        assert found == f"{address}?lang=en"
        assert client.get(found).status_code == 200
