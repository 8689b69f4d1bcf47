"""The pages on what waits: to sign it together, to follow it, to refuse or withdraw it."""

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import Form, Query, Request
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.console.application import console_of, visitor_of
from api.console.inbox import views
from api.console.page import page
from api.console.routing import PREFIX, router
from api.pages import language_of
from api.problems import WrongInput
from api.secretariat.together import GROUP, sign_listed
from ledger.domain.refusal import Refused
from ledger.store.port import LARGEST

inbox = router()
PAGE = GROUP  # what is reviewed and signed together
Numbers = Annotated[list[int], Query(min_length=1, max_length=PAGE)]
Number = Annotated[int, InPath(ge=1, le=LARGEST)]
Reason = Annotated[str, Form(min_length=1, max_length=500)]


@inbox.get("", name="inbox.home")
def home(
    request: Request,
    show: Annotated[Literal["mine", "others"], Query()] = "mine",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """What waits for whoever is signed in, or what waits for others."""
    console, person, language = console_of(request), visitor_of(request).person, language_of(request)
    mine, others = (
        views.to_sign(console, person, language),
        views.waiting_for_others(console, person, language),
    )
    found = views.matching(mine if show == "mine" else others, q)
    ready, not_yet = [i for i in found if not i.why_not], [i for i in found if i.why_not]
    return page(
        request,
        "inbox.html",
        show=show,
        q=q.strip(),
        counts={"mine": len(mine), "others": len(others)},
        ready=ready[:PAGE],
        more=max(0, len(ready) - PAGE),
        not_yet=not_yet,
    )


@inbox.get("/review", name="inbox.review")
def review(request: Request, n: Numbers) -> Response:
    """What was chosen, in full, to be signed with one gesture; single ones can be left out."""
    console, person = console_of(request), visitor_of(request).person
    items = views.to_sign(console, person, language_of(request), frozenset(n))
    ready, not_yet = [i for i in items if not i.why_not], [i for i in items if i.why_not]
    return page(
        request,
        "review.html",
        ready=ready,
        not_yet=not_yet,
        gone=sorted({*n} - {item.number for item in items}),
        signs_here=person in console.demonstrated,
    )


@inbox.post("/sign", name="inbox.sign")
async def sign(request: Request) -> Response:
    """Sign what was reviewed: with the key of a demonstration, or with the answer of a passkey."""
    form = await request.form(max_fields=3 * PAGE + 10, max_files=0)
    return await run_in_threadpool(_sign, request, form)


def _sign(request: Request, form: FormData) -> Response:
    console, person = console_of(request), visitor_of(request).person
    agreed = agreed_in(form)
    office = console.office
    key = console.demonstrated.get(person)
    assert key is not None
    for _ in sign_listed(office.inbox, office.ledger, person, key, agreed):
        pass  # what became of each is on the next page, which can be loaded again
    return _signed_page(agreed)


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


def _signed_page(numbers: Iterable[int]) -> Response:
    query = "&".join(f"n={number}" for number in numbers)
    return RedirectResponse(f"{PREFIX}/signed?{query}", 303)


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
