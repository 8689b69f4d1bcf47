"""Errors as people and programs are told of them: one table from failure to HTTP, one form (RFC 9457)."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence

import msgspec
from eventsourcing.persistence import PersistenceError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.negotiation import HTML, JSON, language, preferred
from api.pages import pages_of
from api.words import Language
from api.words.failures import both_words
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, Corrupt, LedgerError, Unverifiable

PROBLEM = "application/problem+json"

# No, not now, not true, broken: the one place where they become HTTP.
STATUS: dict[type[Exception], int] = {Refused: 422, Conflict: 409, Unverifiable: 400, Corrupt: 500}
STATUS_OF_CODE = {
    "unknown": 404,
    "not-authenticated": 401,
    "not-witnessed": 503,
    "issuer-key-missing": 503,
    "document-missing": 404,
    "document-erased": 410,
    "holder-not-listed": 403,
}
TITLES: dict[int, tuple[str, str]] = {
    400: ("This request cannot be understood", "Cette demande ne peut être comprise"),
    401: ("Who asks is not established", "L'auteur de la demande n'est pas établi"),
    403: ("This is not for everyone", "Ceci n'est pas public"),
    404: ("There is nothing here", "Il n'y a rien ici"),
    405: ("This cannot be done here", "Cela ne peut se faire ici"),
    406: ("This form is not available", "Cette forme n'est pas disponible"),
    409: ("Something moved meanwhile", "Quelque chose a changé entre-temps"),
    410: ("This is gone for good", "Ceci n'existe plus"),
    413: ("This is too large", "C'est trop volumineux"),
    422: ("The rules refuse this", "Les règles s'y opposent"),
    500: ("Something is broken here", "Une panne est survenue"),
    503: ("This is not available yet", "Ceci n'est pas encore disponible"),
}


NOT_STORED = (
    "The database cannot be read or written. Nothing was recorded that was not answered: ask again later.",
    "La base ne peut être lue ou écrite. Rien n'a été enregistré sans réponse : redemandez plus tard.",
)


class FieldError(msgspec.Struct, frozen=True):
    """Which field of the request is wrong, and what was expected of it."""

    field: str
    expected: str


class WrongInput(Exception):
    """A field of a request is not what was expected, in English and in French."""

    def __init__(self, field: str, en: str, fr: str) -> None:
        super().__init__(f"{field}: {en}")
        self.field, self.en, self.fr = field, en, fr


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457, with a ``code`` that does not change with the wording."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldError, ...] = ()


def install(app: FastAPI) -> None:
    """Answer every failure with a problem document, or with a page to who prefers one."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return answer(request, STATUS_OF_CODE.get(error.code, STATUS[Refused]), error.code, (error.en, error.fr))

    @app.exception_handler(LedgerError)
    async def failed(request: Request, error: LedgerError) -> Response:
        status = STATUS_OF_CODE.get(error.code, STATUS[type(error)])
        if status >= 500:
            logging.getLogger("pca-ledger").error("%s: %s", error.code, error)
            return answer(request, status, error.code, TITLES[500])
        return answer(request, status, error.code, both_words(error))

    @app.exception_handler(PersistenceError)
    @app.exception_handler(sqlite3.Error)  # of the desk
    async def not_stored(request: Request, error: Exception) -> Response:
        logging.getLogger("pca-ledger").error("the database cannot be read or written: %s", error)
        return answer(request, 503, "storage", NOT_STORED)

    @app.exception_handler(WrongInput)
    async def wrong_input(request: Request, error: WrongInput) -> Response:
        both = (f"{error.field}: {error.en}", f"{error.field} : {error.fr}")
        expected = error.fr if _language(request) == "fr" else error.en
        return answer(request, 400, "input", both, (FieldError(error.field, expected),))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # What was sent is not repeated: it may be personal.
        errors = tuple(FieldError(".".join(map(str, e["loc"][1:])), str(e["msg"])) for e in error.errors())
        fields = ", ".join(e.field for e in errors)
        return answer(request, 400, "input", (f"not as expected: {fields}", f"incorrect : {fields}"), errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        title = TITLES.get(error.status_code, (str(error.detail), str(error.detail)))
        response = answer(request, error.status_code, f"http-{error.status_code}", title)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        return answer(request, 500, "internal", TITLES[500])


def answer(
    request: Request, status: int, code: str, detail: tuple[str, str], errors: Sequence[FieldError] = ()
) -> Response:
    """A problem in the language and the form that the client prefers."""
    chosen = _language(request)
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    problem = Problem(
        type=f"urn:pca-ledger:problem:{code}",
        title=title[chosen == "fr"],
        status=status,
        detail=detail[chosen == "fr"],
        code=code,
        errors=tuple(errors),
    )
    headers = {"Content-Language": chosen, "Vary": "Accept, Accept-Language", "Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Signature"  # RFC 9421
    if preferred(request.headers.get("accept"), (JSON, PROBLEM, HTML)) == HTML:
        body = pages_of(request).render("problem.html", request, chosen, problem=problem)
        return Response(body, status, headers, HTML)
    return Response(msgspec.json.encode(problem), status, headers, PROBLEM)


def _language(request: Request) -> Language:
    return language(request.query_params.get("lang"), request.headers.get("accept-language"))
