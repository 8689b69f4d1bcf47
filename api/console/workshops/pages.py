"""What the pages of a workshop share: their frame, what they may show to whom, and how their forms are filed."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.commands.views import record_of
from api.console.filed import file_form, filed, why_not
from api.console.forms.typed import MAX_TEXTS
from api.console.page import page
from api.console.permissions import RULES
from api.console.routing import PREFIX
from api.console.sheets.reading import with_levels
from api.console.workshops.standing import Workshop
from api.secretariat.endings import FILING
from api.secretariat.filing import NotTogether
from api.secretariat.proposals import Proposal
from api.words.record import Record
from ledger.domain.decisions import require
from ledger.domain.record import ROLE_LABELS, Role
from ledger.domain.refusal import Refused
from ledger.errors import Conflict
from ledger.likeness import parts_of
from ledger.words import Words

Id = Annotated[str, Path(max_length=64)]
Errors = Mapping[str, Words]
"""What is wrong, by candidacy; under the empty text what concerns the whole."""
TABS = (
    ("workshops.one", "", Words("Overview", "Vue d’ensemble")),
    ("workshops.nominate", "/nominate", Words("Nominate", "Désigner")),
    ("workshops.preparation", "/preparation", Words("Preparation", "Préparation")),
    ("workshops.attendance", "/attendance", Words("Attendance", "Présences")),
    ("workshops.selection", "/selection", Words("Selection", "Sélection")),
    ("sheets.queue", "/sheets", Words("My score sheets", "Mes fiches d’évaluation")),
    ("sheets.moderation", "/moderation", Words("Reveal and moderation", "Dévoilement et modération")),
    ("workshops.ranking", "/ranking", Words("Results and ranking", "Résultats et classement")),
    ("workshops.memo", "/memo", Words("Decision memo", "Note de décision")),
)
"""The pages of a workshop: the route that decides who opens it, its address, and its label."""
ENDED = frozenset({"workshops.nominate"})
"""What a workshop that is closed has no more."""


def workshop_page(request: Request, template: str, workshop: Workshop, errors: Errors, **context: Any) -> Response:
    """Return a page of a workshop, with the others that the visitor can open."""
    roles = visitor_of(request).roles
    tabs = [
        (label, address(workshop.id) + path)
        for route, path, label in TABS
        if RULES[route].allows(roles) and not (workshop.session.closed and route in ENDED)
    ]
    return page(
        request,
        template,
        status=422 if errors else 200,
        workshop=workshop,
        errors=errors,
        called={one.id: one.name for one in workshop.candidates},
        roles=roles,
        role_labels=ROLE_LABELS,
        files=bool(FILING & roles),
        tabs=tabs,
        opens_people=RULES["history.person"].allows(roles),
        sees_results=RULES["workshops.ranking"].allows(roles),
        **context,
    )


async def posted(request: Request, handle: Callable[[Request, FormData, str], Response], session_id: str) -> Response:
    form = await request.form(max_fields=MAX_TEXTS, max_files=0)
    return await run_in_threadpool(handle, request, form, session_id)


def filed_for(
    request: Request,
    form: FormData,
    workshop: Workshop,
    places: list[str],
    errors: Errors,
    make: Callable[[], list[Proposal]],
    otherwise: str,
    again: Callable[[Errors], Response],
) -> Response:
    """File a statement for each place, or show the page ``again`` with what is wrong: at which place, in words."""
    if errors:
        return again(errors)
    try:
        return filed(request, file_form(request, form, make), otherwise)
    except NotTogether as refused:
        return again({places[n]: why_not(error, workshop.names) for n, error in refused.refusals.items()})
    except (Refused, Conflict) as error:
        return again({"": why_not(error, workshop.names)})


def workshop_of(request: Request, session_id: str, record: Record) -> Workshop:
    """Return a workshop. Raises ``Refused`` when there is none, and for its candidates, who see nothing of it."""
    require.session(session_id, record.read)
    require.no_candidate(visitor_of(request).person, session_id, record.read)
    ledger = console_of(request).office.ledger
    return Workshop.of(session_id, record, with_levels(ledger, [session_id]), ledger.now().date())


def signer(request: Request, role: Role, workshop: Workshop) -> str:
    """Return who signs in a role: the visitor if they hold it, or another who may. Raises ``Refused``."""
    visitor = visitor_of(request)
    if role in visitor.roles:
        return visitor.person
    others = others_in(record_of(console_of(request)), role, workshop, visitor.person)
    if not others:
        raise Refused("role-not-held", person=visitor.person, role=role)
    return next(iter(others))


def others_in(record: Record, role: Role, workshop: Workshop, person: str) -> dict[str, str]:
    """Return who else holds a role and a key, by name; not those who were nominated for the workshop."""
    barred = {person, *(one.candidacy.nominated.person_id for one in workshop.candidates)}
    read = record.read
    holders = [one for one in record.holders(role) if read.officer(one).keys and not read.is_among(one, barred)]
    return {one: workshop.names[one] for one in sorted(holders, key=lambda one: parts_of(workshop.names[one]))}


def address(session_id: str) -> str:
    return f"{PREFIX}/workshops/{session_id}"
