"""The page on which a registrar verifies activities in one go, and that of one's own renewal."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.commands.views import record_of
from api.console.development import views
from api.console.filed import file_form, filed, new_key, why_not
from api.console.page import page
from api.console.routing import router
from api.console.workshops.preparing import link
from api.secretariat.filing import NotTogether
from ledger.domain.refusal import Refused
from ledger.errors import Conflict
from ledger.words import Words

development = router()
WAITING = "/console/development"
NOTHING = Words("Give the hours of at least one activity.", "Indiquez les heures d’au moins une activité.")
NO_NUMBER = Words("Hours are whole numbers.", "Les heures sont des nombres entiers.")


@development.get("/development", name="development.waiting")
def waiting(request: Request) -> Response:
    """The activities that wait for their verification."""
    return _page(request, {}, {})


@development.post("/development", name="development.verify")
async def verify(request: Request) -> Response:
    """File the verification of several activities, for the registrar to review and sign together."""
    form = await request.form(max_fields=2 * views.MOST + 1, max_files=0)
    return await run_in_threadpool(_verify, request, form)


@development.get("/own-renewal", name="development.own")
def own(request: Request) -> Response:
    """What counts for one's own renewal, one's activities, and where they are stated."""
    ledger, person = console_of(request).office.ledger, visitor_of(request).person
    read = ledger.read()
    return page(
        request,
        "own-renewal.html",
        own=views.own(person, ledger.now().date(), read),
        stated=views.stated(person, read),
        log=link("log-cpd-activity"),
    )


def _verify(request: Request, form: FormData) -> Response:
    entered = {name: str(text) for name, text in form.multi_items()}
    person = visitor_of(request).person
    rows = views.waiting(record_of(console_of(request)), person)
    try:
        made = views.verifications(rows, entered, person)
    except ValueError:
        return _page(request, entered, {"": NO_NUMBER})
    if not made:
        return _page(request, entered, {"": NOTHING})
    names = {row.person_id: row.name for row in rows}
    try:
        return filed(request, file_form(request, form, lambda: made), WAITING)
    except NotTogether as refused:
        places = [one.command.activity_id for one in made]  # type: ignore[attr-defined]  # of VerifyCpdActivity
        return _page(request, entered, {places[n]: why_not(error, names) for n, error in refused.refusals.items()})
    except (Refused, Conflict) as error:
        return _page(request, entered, {"": why_not(error, names)})


def _page(request: Request, entered: dict[str, str], errors: dict[str, Words]) -> Response:
    rows = views.waiting(record_of(console_of(request)), visitor_of(request).person)
    return page(request, "development.html", rows=rows, entered=entered, errors=errors, key=new_key())
