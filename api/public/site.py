"""What browsers, crawlers and researchers ask of any site: static files, robots.txt, security.txt."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.pages import pages_of, register_as_it_is, respond
from api.static_files import BRIEFLY

router = APIRouter(include_in_schema=False)
TEXT = "text/plain; charset=utf-8"
# RFC 9309. A page about another day is the same page: a crawler would follow days without end.
ROBOTS = """\
User-agent: *
Disallow: /console
Disallow: /holder/
Disallow: /notices/
Disallow: /secretariat/
Disallow: /wallet/
Disallow: /tile/
Disallow: /*?*on=
"""
NOT_OFFICIAL = """\
# A demonstration: nobody should find fictitious people by a search engine.
User-agent: *
Disallow: /
"""
GOOD_FOR = timedelta(days=180)  # RFC 9116, 2.5.5: less than a year


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """A static file."""
    response = pages_of(request).static.response(name)
    if response is None:
        raise HTTPException(404)
    return response


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """The icon, where browsers look for it when no page names one."""
    return static(request, "favicon.ico")


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """What crawlers may read: all that is public, unless the register is a demonstration."""
    official = register_as_it_is(request).settings.official
    return respond(request, (ROBOTS if official else NOT_OFFICIAL).encode(), TEXT, cached=BRIEFLY)


@router.get("/.well-known/security.txt")
def security(request: Request) -> Response:
    """Whom to tell of a weakness (RFC 9116), if the register states a contact."""
    register = register_as_it_is(request)
    settings = register.settings
    if not settings.looks.contact:
        raise HTTPException(404)
    expires = register.now().replace(hour=0, minute=0, second=0) + GOOD_FOR
    lines = [
        f"Contact: {settings.looks.contact}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: en, fr",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    ]
    return respond(request, "\n".join([*lines, ""]).encode(), TEXT, cached=BRIEFLY)
