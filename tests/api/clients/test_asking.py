"""Of a register that gives no report, the status and the code are told, and nothing of its text."""

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
        (b'{"code": "verify-busy", "detail": "Awa"}', r"answers 503 \(verify-busy\)$"),
        (b'{"code": "Awa Diop \\u001b[2K"}', "answers 503$"),
        (b'{"code": 1}', "answers 503$"),
        (b"Awa Diop \x1b[2K", "answers 503$"),
        (b"", "answers 503$"),
    ],
)
def test_the_text_of_another_register_is_not_passed_on(body: bytes, says: str) -> None:
    async def busy(_: Request) -> Response:
        return Response(body, 503)

    with serving(Starlette(routes=[Route("/verify", busy, methods=["POST"])])) as address:
        for ask in (report, table):
            with pytest.raises(OSError, match=says):
                ask(address, b"x", date(2018, 1, 1))
