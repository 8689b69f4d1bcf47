"""Bodies of requests in JSON, read strictly: what is checked is what was sent."""

import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from ledger import strict_json
from ledger.domain.refusal import Refused
from ledger.words import Words

STORABLE = r"^[^\x00]*$"  # the pattern of a text that PostgreSQL can be asked for: it has no NUL


class StrictRoute(APIRoute):
    """A route that refuses a body in JSON which programs may read differently (:mod:`ledger.strict_json`)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            with suppress(json.JSONDecodeError):  # which FastAPI reports
                _require_unambiguous(await request.body())
            return await handle(request)

        return strictly


def _require_unambiguous(body: bytes) -> None:
    try:
        strict_json.parse(body)
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        expected = Words(
            f"JSON that every program reads alike ({error})",
            f"du JSON que tout programme lit de la même façon ({error})",
        )
        raise Refused("malformed", field="body", expected=expected) from None
