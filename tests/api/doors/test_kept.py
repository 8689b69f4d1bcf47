"""Answers that are kept: sent again byte for byte while nothing can have changed, and gone with the first change."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import logs
from api.app import create_app
from api.doors import kept
from api.doors.connections import Whole
from api.doors.kept import Answer, Answers
from api.pages import POSITION, Pages
from api.register import Register, Settings
from ledger.store.engines.sqlite_watching import SQLiteWatch
from ledger.store.ledger import Ledger
from projections.credentials.forms.event_loop import leave_running_loop
from tests.api.observing.conftest import number
from tests.api.public.conftest import BASE, client, listed
from tests.serving import serving
from tests.support import World

__all__ = ["client", "listed", "number"]

HTML = {"Accept": "text/html"}
NAME = "Guessan-Éc".encode()  # of awa, without what HTML escapes


@pytest.fixture
def renders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were rendered."""
    rendered, render = list[str](), Pages.render

    def noted(pages: Pages, template: str, *arguments: Any, **context: Any) -> bytes:
        rendered.append(template)
        return render(pages, template, *arguments, **context)

    monkeypatch.setattr(Pages, "render", noted)
    return rendered


def answers_of(client: TestClient) -> Answers:
    return cast(Answers, cast(FastAPI, client.app).state.answers)


def bodies_in_memory(text: bytes) -> int:
    """How many long bytes that anything in the process refers to contain a text."""
    gc.collect()
    held = {id(value): value for one in gc.get_objects() for value in gc.get_referents(one) if type(value) is bytes}
    return sum(len(value) > 1000 and text in value for value in held.values())


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_so()


def test_a_page_that_is_asked_again_is_the_same_and_is_not_made_again(
    client: TestClient, number: str, renders: list[str]
) -> None:
    first, again = (client.get(f"/certificates/{number}", headers=HTML) for _ in range(2))
    assert NAME in first.content
    assert (again.status_code, again.content, again.headers) == (first.status_code, first.content, first.headers)
    assert renders == ["certificate.html"]


def test_each_language_format_and_address_has_an_answer_of_its_own(client: TestClient, number: str) -> None:
    page = f"/certificates/{number}"
    asked: list[tuple[str, dict[str, str]]] = [
        (page, HTML),
        (page, HTML | {"Accept-Language": "fr"}),
        (page, {"Accept": "application/json"}),
        (f"{page}?lang=fr&on=2017-01-01", HTML),
    ]
    first, again = ([client.get(url, headers=headers).text for url, headers in asked] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(asked)


def test_a_header_in_several_lines_is_not_taken_for_one_in_one_line(client: TestClient, number: str) -> None:
    """The first of several lines counts, as Starlette reads them."""
    page, formats = f"/certificates/{number}", ("text/html", "application/json")
    assert "html" in client.get(page, headers=[("Accept", one) for one in formats]).headers["Content-Type"]
    assert "json" in client.get(page, headers={"Accept": ",".join(formats)}).headers["Content-Type"]


def test_a_client_that_has_the_page_is_told_so_again(client: TestClient, number: str, renders: list[str]) -> None:
    page = f"/certificates/{number}"
    known = {"If-None-Match": client.get(page, headers=HTML).headers["ETag"]}
    assert [client.get(page, headers=HTML | known).status_code for _ in range(3)] == [304] * 3
    assert len(renders) == 2


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/certificates/{number}", {POSITION: "1"}),
        ("/certificates/{number}", {"Signature-Input": "sig=()"}),
        ("/certificates/TOA-PCA-FR-2017-02-BTJ", {}),
        ("/certificates?number={number}", {}),
        ("/verify?number={number}", {}),
        ("/health", {}),
        ("/livez", {}),
        ("/holder/none", {}),
    ],
)
def test_what_is_an_error_a_redirect_or_of_this_request_alone_is_not_kept(
    client: TestClient, number: str, path: str, headers: dict[str, str]
) -> None:
    client.get(path.format(number=number), headers=HTML | headers, follow_redirects=False)
    assert len(answers_of(client)) == 0


def test_what_is_counted_against_a_limit_is_never_kept(client: TestClient, number: str) -> None:
    for _ in range(2):
        assert "RateLimit" in client.get(f"/verify?number={number}", headers=HTML).headers
    assert len(answers_of(client)) == 0


def test_another_minute_has_other_answers(client: TestClient, listed: World, number: str) -> None:
    bundles = [client.get(f"/certificates/{number}.bundle.json").content for _ in range(2)]
    listed.now += timedelta(minutes=1)
    assert bundles[0] == bundles[1] != client.get(f"/certificates/{number}.bundle.json").content
    assert len(answers_of(client)) == 1


@pytest.mark.parametrize(
    ("command", "people", "arguments"),
    [
        ("withdraw-listing-consent", ("registrar",), {}),
        ("erase-personal-data", ("protection", "security"), {"basis_code": "request"}),
    ],
)
def test_a_name_that_may_no_longer_be_shown_leaves_memory_with_the_append(
    client: TestClient, listed: World, number: str, command: str, people: tuple[str, ...], arguments: dict[str, str]
) -> None:
    listed.now += timedelta(days=10 * 365)  # whoever is certified is not erased
    for path in (f"/certificates/{number}", "/advisors/awa", f"/certificates/{number}?format=json"):
        assert NAME in client.get(path, headers=HTML).content
    assert bodies_in_memory(NAME) == len(answers_of(client)) == 3
    listed.do(command, *people, person_id="awa", **arguments)
    assert bodies_in_memory(NAME) == len(answers_of(client)) == 0
    assert NAME not in client.get(f"/certificates/{number}", headers=HTML).content


@pytest.fixture
def another(listed: World) -> Iterator[Ledger]:
    """The same ledger in another process."""
    with Ledger.open(listed.ledger.folder, lambda: listed.now, is_simulated=True) as ledger:
        yield ledger


@pytest.mark.usefixtures("engine")
def test_what_another_process_appends_is_in_the_next_answer(
    client: TestClient, listed: World, number: str, another: Ledger, renders: list[str]
) -> None:
    page = f"/certificates/{number}"
    assert all(NAME in client.get(page, headers=HTML).content for _ in range(3))
    assert len(renders) == 1
    another.record(listed.submission("withdraw-listing-consent", "registrar", person_id="awa"))
    assert NAME not in client.get(page, headers=HTML).content


@pytest.mark.usefixtures("engine")
def test_what_another_process_appends_drops_answers_though_nobody_asks(
    client: TestClient, listed: World, number: str, another: Ledger
) -> None:
    client.get(f"/certificates/{number}", headers=HTML)
    assert len(answers_of(client)) == 1
    another.record(listed.submission("withdraw-listing-consent", "registrar", person_id="awa"))
    until(lambda: len(answers_of(client)) == 0)


def test_an_answer_that_was_being_made_while_the_log_grew_is_not_kept(listed: World) -> None:
    async def made_meanwhile() -> int:
        with Register(listed.ledger, Settings(base_url=BASE)) as register:
            answers = Answers(register)
            async with answers.running():
                generation = await answers.generation()
                assert generation is not None
                listed.do("withdraw-listing-consent", "registrar", person_id="awa")
                answers.keep(("/", b"", b"", b"", b""), Answer(Whole(200, [], NAME), "/"), generation)
                return len(answers)

    assert leave_running_loop(asyncio.run)(made_meanwhile()) == 0


def test_answers_are_bounded_in_bytes_and_in_number_and_the_oldest_leave_first(listed: World) -> None:
    def question(path: str) -> kept.Question:
        return path, b"", b"", b"", b""

    async def kept_of(most_bytes: int, most: int) -> list[str]:
        with Register(listed.ledger, Settings(base_url=BASE)) as register:
            answers = Answers(register, most_bytes, most)
            async with answers.running():
                generation = await answers.generation()
                assert generation is not None
                for path in "abcd":
                    answers.keep(question(path), Answer(Whole(200, [], bytes(10)), "/"), generation)
                return [path for path in "abcd" if answers.get(question(path))]

    one = kept.HEAD_BYTES + 11  # a body of ten bytes, and its path
    assert leave_running_loop(asyncio.run)(kept_of(3 * one, 10)) == ["b", "c", "d"]
    assert leave_running_loop(asyncio.run)(kept_of(9 * one, 2)) == ["c", "d"]
    assert leave_running_loop(asyncio.run)(kept_of(one - 1, 10)) == []


def test_a_whole_response_over_http_is_that_of_two_messages(listed: World, number: str) -> None:
    """The first is sent in two messages, and the second whole."""
    page = f"/certificates/{number}"

    def asked(connection: HTTPConnection, method: str, **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
        connection.request(method, page, headers=HTML | headers)
        answer = connection.getresponse()
        return answer.status, sorted(h for h in answer.getheaders() if h[0] != "date"), answer.read()

    with (
        Register(listed.ledger, Settings(base_url=BASE)) as register,
        serving(create_app(register)) as url,
        closing(HTTPConnection(url.removeprefix("http://"))) as connection,
    ):
        first, again = asked(connection, "GET"), asked(connection, "GET")
        assert first == again
        assert asked(connection, "HEAD") == (*first[:2], b"")
        etag = dict(first[1])["etag"]
        assert len({str(asked(connection, "GET", **{"If-None-Match": etag})) for _ in range(2)}) == 1
        closed = asked(connection, "GET", Connection="close")
        assert (closed[0], closed[2]) == (first[0], first[2])
        assert set(closed[1]) - set(first[1]) == {("Connection", "close")}
        assert connection.sock is None


def test_what_is_sent_again_is_counted_and_written_like_the_rest(
    client: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list[dict[str, Any]]()
    monkeypatch.setattr(logs, "request", lambda **about: lines.append(about))
    monkeypatch.setattr(logs, "writes_requests", lambda: True)
    page = f"/certificates/{number}"
    for _ in range(3):
        client.get(page, headers=HTML)
    client.head(page, headers=HTML)
    measures = cast(FastAPI, client.app).state.measures.registry
    labels = {"handler": "/certificates/{number}", "status": "200"}
    counted = [measures.get_sample_value("http_requests_total", labels | {"method": m}) for m in ("GET", "HEAD")]
    assert counted == [3, 1]
    assert [(line["route"], line["method"], line["status"]) for line in lines] == [
        *[("/certificates/{number}", "GET", 200)] * 3,
        ("/certificates/{number}", "HEAD", 200),
    ]


def test_nothing_is_kept_while_nobody_can_say_whether_anything_was_committed(
    client: TestClient, number: str, renders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(f"/certificates/{number}", headers=HTML)
    monkeypatch.setattr(SQLiteWatch, "mark", no_mark)
    assert [client.get(f"/certificates/{number}", headers=HTML).status_code for _ in range(2)] == [200, 200]
    assert (len(renders), len(answers_of(client))) == (3, 0)


async def no_mark(_: SQLiteWatch) -> None:
    """Nobody can say."""
