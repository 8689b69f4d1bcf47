"""What another server answers is bounded in time and memory, whatever it sends."""

import gzip
import time
from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from api.clients.fetching import Exchanges
from tests.serving import serving

SECONDS, MOST = 0.5, 1000
UNFOLDS = gzip.compress(gzip.compress(bytes(8 * 1024 * 1024)))  # to 8 MB from some 200 bytes


def plain(_: Request) -> Response:
    return Response(b"x" * MOST)


def asked_for(request: Request) -> Response:
    return Response(request.headers["Accept-Encoding"])


def bomb(_: Request) -> Response:
    return Response(UNFOLDS, headers={"Content-Encoding": "gzip, gzip"})


def endless(_: Request) -> Response:
    def parts() -> Iterator[bytes]:
        while True:
            yield b"x" * 100

    return StreamingResponse(parts())


def dripping(_: Request) -> Response:
    def parts() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.05)
            yield b"x"

    return StreamingResponse(parts())


def elsewhere(_: Request) -> Response:
    return RedirectResponse("http://169.254.169.254/")


ANSWERS: tuple[Callable[[Request], Response], ...] = (plain, asked_for, bomb, endless, dripping, elsewhere)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Starlette(routes=[Route(f"/{answer.__name__}", answer) for answer in ANSWERS])) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("bomb", "in the encoding gzip, gzip"),
        ("endless", "more than 1000 bytes"),
        ("dripping", "no whole answer within 0.5 seconds"),
    ],
)
def test_an_answer_that_does_not_end_or_unfolds_is_refused(address: str, path: str, says: str) -> None:
    exchanges, begun = Exchanges(SECONDS, MOST), time.monotonic()
    with pytest.raises(OSError, match=says):
        exchanges.send(exchanges.request("GET", f"{address}/{path}"))
    assert time.monotonic() - begun < 4 * SECONDS
    exchanges.close()


def test_an_answer_comes_as_it_is_and_leads_nowhere(address: str) -> None:
    exchanges = Exchanges(10, MOST)
    assert exchanges.send(exchanges.request("GET", f"{address}/plain")) == (200, b"x" * MOST)
    assert exchanges.send(exchanges.request("GET", f"{address}/asked_for"))[1] == b"identity"
    assert exchanges.send(exchanges.request("GET", f"{address}/elsewhere"))[0] == 307
    exchanges.close()
