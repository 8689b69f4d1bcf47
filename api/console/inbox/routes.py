"""The pages on what waits: to sign it together, to follow it, to refuse or withdraw it."""

from typing import Annotated, Any, Literal

from fastapi import Form, Query, Request
from fastapi import Path as InPath
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.console.access.keys import is_irreplaceable
from api.console.application import console_of, visitor_of
from api.console.impartiality.views import is_undertaking_due
from api.console.inbox import signing, views
from api.console.inbox.views import PAGE
from api.console.page import page
from api.console.routing import PREFIX, router
from api.console.workshops import selection
from api.pages import language_of
from api.problems import WrongInput
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.store.port import LARGEST

inbox = router()
MOST_FIELDS = 2 * PAGE + 10
Number = Annotated[int, InPath(ge=1, le=LARGEST)]
Numbers = Annotated[list[Annotated[int, Field(ge=1, le=LARGEST)]], Query(min_length=1, max_length=PAGE)]
Reason = Annotated[str, Form(min_length=1, max_length=500)]


@inbox.get("", name="inbox.home")
def home(
    request: Request,
    show: Annotated[Literal["mine", "others"], Query()] = "mine",
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    """What waits for whoever is signed in, or what waits for others, page by page."""
    console, visitor, language = console_of(request), visitor_of(request), language_of(request)
    waits = views.Waits(console, visitor.person, language, console.office.inbox.waiting())
    shown = waits.page_of_mine(q, start) if show == "mine" else waits.page_of_others(q, start)
    return page(
        request,
        "inbox.html",
        show=show,
        q=q.strip(),
        counts={"mine": len(waits.mine), "others": len(waits.others)},
        findings=selection.missing(console.office, visitor.person) if Role.SELECTION_PANEL in visitor.roles else (),
        following=shown.following,
        undertakes=is_undertaking_due(console.office.ledger, visitor.person),
        is_irreplaceable=is_irreplaceable(console, visitor.person),
        first_registrar=views.first_registrar(console, visitor.roles),
        items=shown.items,
    )


@inbox.get("/review", name="inbox.review")
def review(request: Request, n: Numbers) -> Response:
    """What was chosen, in full, to be signed with one gesture; single ones can be left out."""
    console, person = console_of(request), visitor_of(request).person
    waits = views.Waits(console, person, language_of(request), console.office.inbox.waiting(person, n))
    items = list(waits.to_sign(waits.mine))
    return page(
        request,
        "review.html",
        gone=sorted({*n} - {item.number for item in items}),
        with_key_here=person in console.demonstrated,
        items=items,
    )


@inbox.post("/sign/begin", name="inbox.begin-signing")
async def begin_signing(request: Request) -> Response:
    """What the passkey is asked to sign, for the script of the page."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return JSONResponse({"publicKey": await run_in_threadpool(_begin_signing, request, form)})


def _begin_signing(request: Request, form: FormData) -> dict[str, Any]:
    return signing.begin(console_of(request), visitor_of(request), agreed_in(form))


@inbox.post("/sign", name="inbox.sign")
async def sign(request: Request) -> Response:
    """Sign what was reviewed: with what a passkey answered, or with the key of a demonstration."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    numbers = await run_in_threadpool(_sign, request, form)
    return RedirectResponse(f"{PREFIX}/signed?" + "&".join(f"n={number}" for number in numbers), 303)


def _sign(request: Request, form: FormData) -> list[int]:
    console, visitor = console_of(request), visitor_of(request)
    key = console.demonstrated.get(visitor.person)
    if key is not None and key.key_id == visitor.session.key:
        return signing.finish_with(console, visitor.person, key, agreed_in(form))
    return signing.finish(console, visitor, str(form.get("credential", "")))


def agreed_in(form: FormData) -> dict[int, bytes]:
    """Return what is to be signed, and what was shown of it, by number. Raises ``WrongInput``."""
    try:
        numbers = views.numbers_in([str(n) for n in form.getlist("n")])
        agreed = {number: bytes.fromhex(str(form[f"agreed-{number}"])) for number in numbers}
    except (ValueError, KeyError):
        raise WrongInput("n", "expected what the page listed", "ce que la page affichait est attendu") from None
    if not 0 < len(agreed) <= PAGE:
        raise WrongInput("n", f"choose one statement or more, at most {PAGE}", f"choisissez de 1 à {PAGE} déclarations")
    return agreed


@inbox.get("/signed", name="inbox.signed")
def signed(request: Request, n: Numbers) -> Response:
    """What became of what was signed: recorded, waiting for others, or to be signed again."""
    statements = [found for number in sorted({*n}) if (found := _found(request, number)) is not None]
    return page(request, "signed.html", statements=statements)


@inbox.get("/statements/{number}", name="inbox.statement")
def statement(request: Request, number: Number) -> Response:
    """One statement, for those who filed or sign it."""
    found = _found(request, number)
    if found is None:
        raise Refused("unknown", kind="statement", id=number)
    return page(request, "statement.html", statement=found)


@inbox.post("/statements/{number}/refuse", name="inbox.refuse")
def refuse(request: Request, number: Number, reason: Reason) -> Response:
    """Refuse a statement, as one of those who sign it."""
    console_of(request).office.inbox.refuse(number, visitor_of(request).person, reason.strip())
    return RedirectResponse(f"{PREFIX}/statements/{number}", 303)


@inbox.post("/statements/{number}/withdraw", name="inbox.withdraw")
def withdraw(request: Request, number: Number, reason: Reason) -> Response:
    """Withdraw a statement, as who filed it."""
    console_of(request).office.inbox.withdraw(number, visitor_of(request).person, reason.strip())
    return RedirectResponse(f"{PREFIX}/statements/{number}", 303)


def _found(request: Request, number: int) -> views.Statement | None:
    console = console_of(request)
    trace = console.office.inbox.desk.trace(number)
    if trace is None:
        return None
    return views.statement(console, trace, visitor_of(request).person, language_of(request))
