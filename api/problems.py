"""Errors over HTTP, for people and programs: one table from failure to status, one format (RFC 9457)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from eventsourcing.persistence import PersistenceError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import logs
from api.expected import expected
from api.negotiation import HTML, JSON, preferred
from api.pages import language_of, pages_of
from api.words.failures import failure_in_words
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, Corrupt, LedgerError, Unverifiable
from ledger.words import Words
from projections.read_models import Behind

PROBLEM = "application/problem+json"

# No, not now, not true, broken: the one place where they become HTTP.
STATUS: dict[type[Exception], int] = {Refused: 422, Conflict: 409, Unverifiable: 400, Corrupt: 500}
STATUS_OF_CODE = {
    "unknown": 404,
    "not-authenticated": 401,
    "signature-used": 401,
    "not-witnessed": 503,
    "issuer-key-missing": 503,
    "document-missing": 404,
    "moment-to-come": 404,
    "document-erased": 410,
    "proposal-ended": 410,
    "proposal-recorded": 409,
    "filed-by-another": 403,
    "not-allowed": 403,
    "link-not-valid": 404,
    "answer-too-late": 409,
    "passkey-unknown": 403,
    "origin-not-allowed": 409,
    "no-passkey": 409,
    "cross-site": 403,
    "holder-not-listed": 403,
    "levels-not-shown": 403,
}
# What somebody may want to be alerted to: refused roles, forged signatures, limits that were reached.
SECURITY_EVENTS = {
    "role-not-held": "role-refused",
    "signer-not-named": "role-refused",
    "signature-invalid": "statement-forged",
    "passkey-challenge": "statement-forged",
    "passkey-signature": "statement-forged",
    "signature-unknown-key": "statement-forged",
    "http-408": "limit-reached",
    "http-429": "limit-reached",
    "http-503": "limit-reached",
    "request-too-long": "limit-reached",
    "verify-busy": "limit-reached",
    "verify-too-long": "limit-reached",
}
TITLES: dict[int, Words] = {
    400: Words("Invalid request", "Demande incorrecte"),
    401: Words("Authentication required", "Authentification requise"),
    403: Words("Not public", "Accès réservé"),
    404: Words("Page not found", "Page introuvable"),
    405: Words("Not allowed at this address", "Opération impossible à cette adresse"),
    406: Words("Format not available", "Format non disponible"),
    408: Words("The request took too long to arrive", "Demande reçue trop lentement"),
    409: Words("Changed in the meantime", "Modifié entre-temps"),
    410: Words("No longer available", "N’est plus disponible"),
    413: Words("Too large", "Trop volumineux"),
    422: Words("Not permitted by the rules", "Non conforme aux règles"),
    429: Words("Too many requests", "Trop de demandes"),
    500: Words("Internal error", "Erreur interne"),
    503: Words("Temporarily unavailable", "Momentanément indisponible"),
}


NOT_STORED = Words(
    "The database cannot be read or written. A request without an answer was not recorded: try again later.",
    "La base de données est inaccessible. Une demande restée sans réponse n’a pas été enregistrée : "
    "réessayez plus tard.",
)
NOT_CURRENT = Words(
    "The register does not hold the latest entries of its log yet, and does not answer from older ones: try again in "
    "a moment.",
    "Le registre ne comprend pas encore les dernières entrées de son journal et ne répond pas d’après un état plus "
    "ancien : réessayez dans un instant.",
)
CURRENT_AGAIN_SECONDS = 5
TOO_LATE = Words(
    "The request took too long and was stopped: try again later.",
    "La demande, trop longue, a été interrompue : réessayez plus tard.",
)
RETRY_SECONDS = 30


class FieldError(msgspec.Struct, frozen=True):
    """Which field of the request is wrong, and what was expected of it."""

    field: str
    expected: str


class WrongInput(Exception):
    """A field of a request is not what was expected."""

    def __init__(self, field: str, en: str, fr: str) -> None:
        super().__init__(f"{field}: {en}")
        self.field, self.expected = field, Words(en, fr)


class NotNow(Exception):
    """This cannot be done now; the client may try again after ``seconds``."""

    def __init__(self, code: str, words: Words, seconds: int) -> None:
        super().__init__(f"{code}: {words.en}")
        self.code, self.words, self.seconds = code, words, seconds


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457, with a ``code`` that does not change with the wording."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldError, ...] = ()


def install(app: FastAPI) -> None:
    """Answer every failure with a problem document, or with a page for clients that prefer one."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return answer(request, STATUS_OF_CODE.get(error.code, STATUS[Refused]), error.code, error.words)

    @app.exception_handler(LedgerError)
    async def failed(request: Request, error: LedgerError) -> Response:
        status = STATUS_OF_CODE.get(error.code, STATUS[type(error)])
        if status >= 500:
            logs.LOG.error("%s", logs.fault(error))
            return answer(request, status, error.code, TITLES[500])
        return answer(request, status, error.code, failure_in_words(error))

    @app.exception_handler(PersistenceError)
    async def not_stored(request: Request, error: Exception) -> Response:
        logs.LOG.error("the database cannot be read or written: %s", logs.fault(error))
        return answer(request, 503, "storage", NOT_STORED)

    @app.exception_handler(Behind)
    async def behind(request: Request, error: Behind) -> Response:
        return await not_now(request, NotNow("behind", NOT_CURRENT, CURRENT_AGAIN_SECONDS))

    @app.exception_handler(WrongInput)
    async def wrong_input(request: Request, error: WrongInput) -> Response:
        return wrong_fields(request, [(error.field, error.expected)])

    @app.exception_handler(NotNow)
    async def not_now(request: Request, error: NotNow) -> Response:
        response = answer(request, 503, error.code, error.words)
        response.headers["Retry-After"] = str(error.seconds)
        return response

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return wrong_fields(request, [(_field(e), expected(e)) for e in error.errors()])

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        title = TITLES.get(error.status_code, Words(str(error.detail), str(error.detail)))
        response = answer(request, error.status_code, f"http-{error.status_code}", title)
        response.headers.update(error.headers or {})
        return response


def broken(request: Request) -> Response:
    """Returns the answer to a request at which the program failed."""
    return answer(request, 500, "internal", TITLES[500])


def too_late(request: Request) -> Response:
    """Returns the answer to a request whose time is over."""
    response = answer(request, 503, "request-too-long", TOO_LATE)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def too_many(request: Request, seconds: int) -> Response:
    """Returns the answer to a client that asks too often, and may ask again after so many seconds."""
    detail = Words(
        f"Too many requests from here in one minute: try again in {seconds} seconds.",
        f"Trop de demandes en une minute : réessayez dans {seconds} secondes.",
    )
    response = answer(request, 429, "http-429", detail)
    response.headers["Retry-After"] = str(seconds)
    return response


def too_large(request: Request, limit: int) -> Response:
    """Returns the answer to a body of more bytes than the limit."""
    logs.security("limit-reached", code="http-413", person=_officer(request))
    detail = Words(f"{TITLES[413].en}: at most {limit} bytes", f"{TITLES[413].fr} : au plus {limit} octets")
    return answer(request, 413, "http-413", detail)


def answer(request: Request, status: int, code: str, detail: Words, errors: Sequence[FieldError] = ()) -> Response:
    """Returns a problem in the language and the format that the client prefers."""
    request.state.problem = code  # counted, and written on the line of the request
    if event := SECURITY_EVENTS.get(code):
        logs.security(event, code=code, person=_officer(request))
    chosen = language_of(request)
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    problem = Problem(
        type=f"urn:pca-ledger:problem:{code}",
        title=title.into(chosen),
        status=status,
        detail=detail.into(chosen),
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


def wrong_fields(request: Request, found: Sequence[tuple[str, Words]]) -> Response:
    """Returns a problem that names each field and what was expected of it."""
    fields = ", ".join(field for field, _ in found)
    detail = Words(f"not as expected: {fields}", f"incorrect : {fields}")
    if len(found) == 1:
        detail = Words(f"{fields}: {found[0][1].en}", f"{fields} : {found[0][1].fr}")
    errors = tuple(FieldError(field, words.into(language_of(request))) for field, words in found)
    return answer(request, 400, "input", detail, errors)


def _officer(request: Request) -> str:
    """Returns the person id of the officer who signed the request, if one did."""
    return str(getattr(request.state, "officer", "none"))


def _field(error: Mapping[str, Any]) -> str:
    """Returns the field, such as ``limit`` or ``signers.0``; ``body`` for the body as a whole."""
    of_field = error["loc"][1:]  # it begins with where it was sent
    return "body" if error["type"] == "json_invalid" or not of_field else ".".join(map(str, of_field))
