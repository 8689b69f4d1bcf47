"""The page at which a person ends the digests that they are sent. A reader of mail may do it by itself (RFC 8058)."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.notices.people import end_digests, wants_digests
from api.pages import page, register_as_it_is
from api.public.documents import FOR_THE_HOLDER
from ledger.domain.refusal import Refused

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(max_length=64)]


@router.get("/notices/{token}")
def ask(request: Request, token: Token) -> Response:
    """Whether the digests are to end. Nothing ends by looking: programs follow links in mail before people do."""
    return _page(request, is_wanted=_found(wants_digests(register_as_it_is(request).database, token)))


@router.post("/notices/{token}")
def end(request: Request, token: Token) -> Response:
    """End the digests of whoever has this address."""
    _found(end_digests(register_as_it_is(request).database, token))
    return _page(request, is_wanted=False)


def _found(known: bool | None) -> bool:
    if known is None:
        raise Refused("unknown", kind="page", id="")
    return known


def _page(request: Request, *, is_wanted: bool) -> Response:
    response = page(request, "notices.html", is_wanted=is_wanted)
    response.headers.update(FOR_THE_HOLDER)
    return response
