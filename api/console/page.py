"""Pages of the console: never stored by a cache, in the language of whoever is signed in."""

from typing import Any, NamedTuple

from fastapi import Request
from starlette.responses import Response

from api.console.application import console_of
from api.console.permissions import RULES
from api.negotiation import HTML
from api.pages import LANGUAGE_COOKIE, language_of, pages_of
from api.words.names import name_of

# Only our own scripts run, and what they ask for stays here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PASSKEYS = (
    "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


class Shown(NamedTuple):
    """Whoever is signed in, as the pages name them, and the id of their session."""

    person: str
    name: str
    session: str


class Entry(NamedTuple):
    """An entry of the menu: the route that decides who sees it, the address, and the label to be translated."""

    route: str
    address: str
    label: str


MENU = (
    Entry("inbox.home", "/console", "To do"),
    Entry("workshops.list", "/console/workshops", "Workshops"),
    Entry("certifications.list", "/console/certifications", "Certifications"),
    Entry("missions.list", "/console/missions", "Missions"),
    Entry("development.waiting", "/console/development", "Development activities"),
    Entry("cases.list", "/console/cases", "Appeals and complaints"),
    Entry("schemes.list", "/console/schemes", "Schemes"),
    Entry("history.home", "/console/history", "History"),
    Entry("candidates.own", "/console/own", "My candidacies"),
    Entry("missions.own", "/console/own-missions", "My missions"),
    Entry("development.own", "/console/own-renewal", "My renewal"),
    Entry("impartiality.home", "/console/impartiality", "Impartiality"),
    Entry("history.mine", "/console/my-signatures", "What I signed"),
    Entry("imports.list", "/console/imports", "Imports"),
    Entry("notices.list", "/console/notices", "Notices"),
    Entry("commands.list", "/console/commands", "File a statement"),
    Entry("officers.appoint", "/console/officers/appoint", "Appoint officers"),
    Entry("access.keys", "/console/keys", "Officers' keys"),
    Entry("access.why", "/console/why", "Permissions"),
)

OF_CANDIDATES = {"candidates.own", "missions.own", "development.own"}
"""What concerns nobody who was never a candidate."""


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Returns a page of the console; its templates know who is signed in as ``visitor``, who may be nobody."""
    chosen, visitor, shown, menu = language_of(request), request.state.visitor, None, list[Entry]()
    if visitor is not None:
        read = console_of(request).office.ledger.read()
        name = name_of(visitor.person, read) or visitor.person
        shown = Shown(visitor.person, name, visitor.session.id)
        is_candidate = bool(read.candidacies_of(visitor.person))
        menu = [
            entry
            for entry in MENU
            if RULES[entry.route].allows(visitor.roles) and (is_candidate or entry.route not in OF_CANDIDATES)
        ]
    body = pages_of(request).render(
        f"console/{template}",
        request,
        chosen,
        visitor=shown,
        house=request.state.kind.value,
        menu=menu,
        **context,
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Language": chosen,
        "Content-Security-Policy": POLICY,
        "Permissions-Policy": PASSKEYS,
    }
    response = Response(body, status, headers, HTML)
    if "lang" in request.query_params:  # whoever chooses a language means it for the pages to come
        response.set_cookie(LANGUAGE_COOKIE, chosen, path="/console", secure=True, httponly=True, samesite="strict")
    return response
