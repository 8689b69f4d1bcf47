"""The pages of imports: the list, the template, the dry run with its questions, and what confirms or takes back."""

from collections.abc import Sequence
from threading import Lock
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.console.application import console_of, visitor_of
from api.console.filed import why_not
from api.console.imports import checking, template
from api.console.imports.filed import imports as filed_imports
from api.console.imports.filed import imports_taken_back
from api.console.imports.taking import MAX_BODY_BYTES, files_in, wrong_in
from api.console.imports.uploads import Upload, Uploads, uploads_of
from api.console.page import page
from api.console.routing import PREFIX, ConsoleRoute
from api.problems import WrongInput
from api.secretariat.importing.proposing import SCHEME
from api.secretariat.importing.workshop import members
from ledger.domain.refusal import Refused
from ledger.errors import Conflict
from ledger.words import Words

imports = APIRouter(prefix=PREFIX, route_class=ConsoleRoute, include_in_schema=False, max_body_size=MAX_BODY_BYTES)
LIST, CHECK = f"{PREFIX}/imports", f"{PREFIX}/imports/check"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ANSWERS = 2_000
_turn = Lock()  # a dry run decides every statement: one after the other

Source = Annotated[str, Form(max_length=200)]
Reason = Annotated[str, Form(max_length=500)]
Text = Annotated[str, Form(max_length=100)]


@imports.get("/imports", name="imports.list")
def listed(request: Request) -> Response:
    """What was imported, the template, and where files are dropped."""
    return _list(request, ())


@imports.get("/imports/workshop.xlsx", name="imports.template")
def download(request: Request, version: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The workbook to fill in, empty or with the plan of a version of the scheme."""
    ledger = console_of(request).office.ledger
    read = ledger.read()
    if version and version not in template.versions(read):
        raise WrongInput("version", "expected an approved version", "une version approuvée est attendue")
    draft = read.scheme(SCHEME).drafts[version] if version else None
    data = template.workbook([*{*members(), *ledger.ids_of("administration")}], draft)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="workshop.xlsx"'}
    return Response(data, headers=headers, media_type=XLSX)


@imports.post("/imports", name="imports.upload")
async def upload(request: Request) -> Response:
    """Take files in, and lead to what is wrong with them, or what would be filed."""
    return await run_in_threadpool(_upload, request, await files_in(request))


def _upload(request: Request, files: Sequence[tuple[str, bytes]]) -> Response:
    if wrong := list(wrong_in(files)):
        return _list(request, wrong)
    _uploads(request).keep(visitor_of(request).person, Upload(dict(files)))
    return RedirectResponse(CHECK, 303)


@imports.get("/imports/check", name="imports.check")
def check(request: Request, moved: Annotated[bool, Query()] = False) -> Response:
    """The dry run: errors by cell, who is who, and what would be filed."""
    office, person = console_of(request).office, visitor_of(request).person
    kept = _uploads(request).find(person)
    if kept is None:
        return RedirectResponse(LIST, 303)
    with _turn:
        on = checking.basis(kept, office)
        checked = checking.check(kept, office)
    matching, plan = checked.matching, checked.plan
    return page(
        request,
        "import.html",
        checked=checked,
        moved=moved,
        token=kept.token,
        on=on,
        sent=list(kept.files),
        answered=len(kept.answers),
        questions=[checking.asked(question) for question in checked.questions],
        people=[] if matching is None else checking.people(matching, office.ledger.read()),
        total=0 if matching is None else len(matching.rows),
        counts=[] if plan is None else checking.counts(plan),
        statements=0 if plan is None else len(plan.proposals),
        field=checking.field,
    )


@imports.post("/imports/answers", name="imports.answer")
async def answer(request: Request) -> Response:
    """Keep the answers to questions, or forget those given so far, and check again."""
    form = await request.form(max_files=0, max_fields=MAX_ANSWERS)
    return await run_in_threadpool(_answer, request, form)


def _answer(request: Request, form: FormData) -> Response:
    office, person, uploads = console_of(request).office, visitor_of(request).person, _uploads(request)
    kept = uploads.find(person)
    if kept is None:
        return RedirectResponse(LIST, 303)
    if kept.token != form.get("token"):
        return RedirectResponse(f"{CHECK}?moved=true", 303)
    if form.get("forget"):
        uploads.keep(person, msgspec.structs.replace(kept, answers=()))
        return RedirectResponse(CHECK, 303)
    with _turn:
        questions = checking.check(kept, office).questions
    chosen = {name: value for name, value in form.items() if isinstance(value, str)}
    given = checking.answers(questions, chosen, person)
    uploads.keep(person, msgspec.structs.replace(kept, answers=(*kept.answers, *given)))
    return RedirectResponse(CHECK, 303)


@imports.post("/imports/confirm", name="imports.confirm")
def confirm(request: Request, token: Text = "", on: Text = "") -> Response:
    """File everything that the dry run showed, or nothing, and once however often it is sent."""
    office, person, uploads = console_of(request).office, visitor_of(request).person, _uploads(request)
    with _turn:
        kept = uploads.find(person)
        if kept is None:  # confirmed before, given up or too old: the list says which
            return RedirectResponse(LIST, 303)
        is_as_shown = kept.token == token and checking.basis(kept, office) == on
        plan = checking.check(kept, office).plan if is_as_shown else None
        if plan is None:
            return RedirectResponse(f"{CHECK}?moved=true", 303)
        try:
            with office.inbox.desk.transaction() as cursor:
                plan.file(office.inbox, person)
                uploads.remove(cursor, person)
        except (Conflict, Refused):  # somebody else filed meanwhile: the dry run says what follows
            return RedirectResponse(f"{CHECK}?moved=true", 303)
    return RedirectResponse(LIST, 303)


@imports.post("/imports/give-up", name="imports.give-up")
def give_up(request: Request) -> Response:
    """Remove the files that were sent."""
    _uploads(request).give_up(visitor_of(request).person)
    return RedirectResponse(LIST, 303)


@imports.post("/imports/take-back", name="imports.take-back")
def take_back(request: Request, source: Source = "", reason: Reason = "") -> Response:
    """End everything that waits of an import of which nothing is signed."""
    try:
        console_of(request).office.inbox.take_back(source, visitor_of(request).person, reason.strip() or None)
    except Refused as refused:
        return _list(request, [why_not(refused, {})])
    return RedirectResponse(LIST, 303)


def _list(request: Request, wrong: Sequence[Words]) -> Response:
    office, person = console_of(request).office, visitor_of(request).person
    return page(
        request,
        "imports.html",
        status=422 if wrong else 200,
        wrong=wrong,
        imports=filed_imports(office.inbox, office.ledger, person),
        taken_back=imports_taken_back(office.inbox, office.ledger),
        versions=template.versions(office.ledger.read()),
        is_kept=_uploads(request).find(person) is not None,
    )


def _uploads(request: Request) -> Uploads:
    office = console_of(request).office
    return uploads_of(office.inbox, office.ledger)
