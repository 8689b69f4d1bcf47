"""The page on which a registrar appoints officers."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.commands.views import record_of
from api.console.filed import file_form, filed, new_key, why_not
from api.console.officers import appointing
from api.console.officers.appointing import APPOINTABLE, ROWS
from api.console.page import page
from api.console.routing import PREFIX, router
from api.secretariat.filing import NotTogether
from api.words.names import name_of
from api.words.record import territory
from ledger.domain.record import Role
from ledger.words import Words

officers = router()
MOST_FIELDS = (8 + len(APPOINTABLE)) * ROWS + 10
_NOBODY = Words("Enter one person or more.", "Indiquez au moins une personne.")
_NO_DIRECTOR = Words(
    "Choose a director, who signs the roles.", "Choisissez une personne de la direction, qui signe les fonctions."
)


@officers.get("/officers/appoint", name="officers.appoint")
def appoint(request: Request) -> Response:
    """An empty form."""
    return _page(request, appointing.rows_of(FormData()), new_key(), "", [])


@officers.post("/officers/appoint", name="officers.appointed")
async def appointed(request: Request) -> Response:
    """File the appointment of all who were entered, or none."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return await run_in_threadpool(_appoint, request, form)


def _appoint(request: Request, form: FormData) -> Response:
    console, key = console_of(request), str(form.get("key", ""))
    rows, director = appointing.rows_of(form), str(form.get("director", ""))
    filled = appointing.check(rows, console.office.ledger.vault, record_of(console), _administrations(request))
    wrong = [] if filled else [_NOBODY]
    if director not in _directors(request):
        wrong.append(_NO_DIRECTOR)
    if wrong or any(row.errors for row in filled):
        return _page(request, rows, key, director, wrong)
    registrar, today = visitor_of(request).person, console.office.ledger.now().date()
    try:
        numbers = file_form(request, form, lambda: appointing.proposals(filled, registrar, director, today))
    except NotTogether as refused:
        names = {row.human: f"{row.given_name} {row.family_name}".strip() for row in filled}
        wrong = [why_not(error, names) for error in refused.refusals.values()]
        return _page(request, rows, key, director, wrong)
    return filed(request, numbers, PREFIX)


def _directors(request: Request) -> dict[str, str]:
    """Return the directors who can sign the roles, by person: not whoever registers."""
    ledger, person = console_of(request).office.ledger, visitor_of(request).person
    read = ledger.read()
    return {d: name_of(d, read) or d for d in ledger.holders(Role.DIRECTOR) if read.one(d) != read.one(person)}


def _administrations(request: Request) -> dict[str, Words]:
    """Return the administrations that are registered, by code."""
    return {code: territory(code) for code in console_of(request).office.ledger.ids_of("administration")}


def _page(request: Request, rows: list[appointing.Row], key: str, director: str, wrong: list[Words]) -> Response:
    has_errors = bool(wrong) or any(row.errors for row in rows)
    return page(
        request,
        "officers-appoint.html",
        status=422 if has_errors else 200,
        rows=rows,
        key=key,
        roles=appointing.role_labels(),
        administrations=_administrations(request),
        directors=_directors(request),
        director=director,
        wrong=wrong,
        has_errors=has_errors,
    )
