"""The pages of a founding. They are served until it is complete; there is no register yet."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.console.access.passkeys import MAX_CREDENTIAL_CHARACTERS
from api.console.page import PASSKEYS, POLICY
from api.console.routing import MAX_BODY_BYTES
from api.doors.guard import SECURITY_HEADERS
from api.founding.ceremony import Founder, Founding
from api.looks import Looks
from api.negotiation import HTML, language
from api.pages import NAMES, templates_of
from api.problems import WrongInput
from api.words.failures import failure_in_words
from ledger.domain.record import ROLE_LABELS
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.words import LANGUAGES, Language

PREFIX = "/founding"
Credential = Annotated[str, Form(max_length=MAX_CREDENTIAL_CHARACTERS)]


def create_app(founding: Founding, *, official: bool) -> FastAPI:
    """Returns the application of a founding."""
    static, templates = templates_of(Looks(), founding.site.origin, official, simulated=False)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, max_body_size=MAX_BODY_BYTES)

    def rendered(request: Request, template: str, status: int = 200, **context: Any) -> Response:
        chosen = _language(request)
        body = templates[chosen].get_template(f"founding/{template}")
        others = LANGUAGES if request.method == "GET" else ()
        common = {
            "path": request.url.path,
            "body_name": founding.body[chosen == "fr"],
            "names": NAMES,
            "alternates": {other: f"lang={other}" for other in others},
            "menu": (),
            "visitor": None,
            "house": "officer",
        }
        return Response(body.render(**common, **context), status, _headers(chosen), HTML)

    def page(request: Request, founder: Founder, secret: str) -> Response:
        chosen = _language(request)
        return rendered(
            request,
            "founder.html",
            secret=secret,
            name=founder.name,
            role=ROLE_LABELS[founder.role].into(chosen),
            has_passkey=founder.credential is not None,
            has_signed=founder.signature is not None,
            others=[f.name for f in founding.founders.values() if f is not founder],
            says=founding.says(chosen),
            shown=founding.shown,
            is_complete=founding.is_complete,
        )

    @app.get("/static/{name}")
    def file(name: str) -> Response:
        """A static file."""
        return static.response(name) or Response(status_code=404)

    @app.get(PREFIX + "/{secret}")
    def founder(request: Request, secret: str) -> Response:
        """Where a founder makes their passkey, and signs."""
        with founding.of(secret) as one:
            return page(request, one, secret)

    @app.post(PREFIX + "/{secret}/make/begin")
    def begin_making(request: Request, secret: str) -> Response:
        """What the browser is asked to make."""
        with founding.of(secret) as one:
            return JSONResponse({"publicKey": founding.begin_making(one, _language(request))})

    @app.post(PREFIX + "/{secret}/make")
    def make(secret: str, credential: Credential) -> Response:
        """Take in what the browser made."""
        with founding.of(secret) as one:
            founding.make(one, credential)
        return RedirectResponse(f"{PREFIX}/{secret}", 303)

    @app.post(PREFIX + "/{secret}/sign/begin")
    def begin_signing(secret: str, shown: Annotated[str, Form(max_length=64)]) -> Response:
        """What the passkey is asked to sign."""
        with founding.of(secret) as one:
            return JSONResponse({"publicKey": founding.begin_signing(one, shown)})

    @app.post(PREFIX + "/{secret}/sign")
    def sign(secret: str, credential: Credential) -> Response:
        """Add a founder's signature of leaf 0."""
        with founding.of(secret) as one:
            founding.sign(one, credential)
        return RedirectResponse(f"{PREFIX}/{secret}", 303)

    async def failed(request: Request, error: Any) -> Response:
        chosen = _language(request)
        if isinstance(error, WrongInput):
            detail = f"{error.field}: {error.expected.into(chosen)}"
        else:
            detail = failure_in_words(error).into(chosen)
        status = 404 if getattr(error, "code", "") == "link-not-valid" else 400
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"detail": detail}, status)
        return rendered(request, "failed.html", status, detail=detail)

    for kind in (Refused, LedgerError, WrongInput):
        app.add_exception_handler(kind, failed)
    return app


def _language(request: Request) -> Language:
    return language(request.query_params.get("lang"), request.headers.get("accept-language"))


def _headers(chosen: Language) -> dict[str, str]:
    own = {"Cache-Control": "no-store", "Content-Language": chosen}
    return SECURITY_HEADERS | own | {"Content-Security-Policy": POLICY, "Permissions-Policy": PASSKEYS}
