"""Of a register that gives no report, the status and the problem are shown, and nothing of any other text."""

from datetime import date

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.clients.asking import report, table
from tests.serving import serving


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"code": "verify-busy", "detail": "try again in a moment"}', "answers 503: try again in a moment$"),
        (b'{"detail": "a\\u001b[2K\\u000ab\\u202ec"}', r"answers 503: a\[2Kbc$"),
        (b'{"detail": "%b"}' % (b"x" * 1000), "answers 503: x{300}$"),
        (b'{"detail": 1}', "answers 503$"),
        (b"<html>\x1b[2K", "answers 503$"),
        (b"", "answers 503$"),
    ],
)
def test_a_problem_of_another_register_is_passed_on_as_text_that_can_be_shown(body: bytes, says: str) -> None:
    async def busy(_: Request) -> Response:
        return Response(body, 503)

    with serving(Starlette(routes=[Route("/verify", busy, methods=["POST"])])) as address:
        for ask in (report, table):
            with pytest.raises(OSError, match=says):
                ask(address, b"x", date(2018, 1, 1))
