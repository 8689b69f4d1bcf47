"""The pages of the certification schemes: read, drafted, compared, and carried as files."""

from collections.abc import Iterable
from urllib.parse import urlencode

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from api.console.application import console_of, visitor_of
from api.console.commands.views import asked_for, may_file, note, preview, record_of
from api.console.filed import file_form, filed, key_in, new_key
from api.console.forms.fields import SIGNERS
from api.console.forms.form import Form
from api.console.forms.typed import MAX_TEXTS, Typed
from api.console.page import page
from api.console.permissions import RULES
from api.console.routing import PREFIX, router
from api.console.schemes import approving, carried, editing, views
from api.console.schemes.approving import Approval
from api.console.schemes.carried import DRAFT
from api.console.schemes.differences import OPTIONS, assessed_in, differing, lines, options
from api.pages import language_of
from api.secretariat.filing import NotTogether
from api.secretariat.proposals import Proposal
from api.words.vocabulary import CODES
from ledger.domain.decisions.scheme import DraftSchemeVersion
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.errors import LedgerError
from ledger.words import Words

schemes = router()


@schemes.get("/schemes", name="schemes.list")
def every(request: Request) -> Response:
    """Every scheme with its versions and the workshops held under them."""
    return _every(request)


def _every(request: Request, problem: Words | None = None) -> Response:
    """Return the schemes; ``problem`` is what is wrong with a file that was to be imported."""
    officer = visitor_of(request).officer
    return page(
        request,
        "schemes.html",
        status=422 if problem else 200,
        problem=problem,
        schemes=views.every(console_of(request)),
        establishes=may_file(BY_COMMAND_NAME["establish-scheme"], officer),
        drafts=_drafts(request),
        opens=RULES["workshops.one"].allows(officer.roles),
    )


@schemes.post("/schemes/file", name="schemes.import")
async def imported(request: Request) -> Response:
    """Show the editor with what a file says; a scheme that is not there yet is established first."""
    data = await _file_in(request)
    return await run_in_threadpool(_imported, request, None, data)


@schemes.post("/schemes/{scheme_id}/file", name="schemes.import-into")
async def imported_into(request: Request, scheme_id: str) -> Response:
    """Show the editor of a scheme with what a file says, of whichever scheme it is."""
    data = await _file_in(request)
    return await run_in_threadpool(_imported, request, scheme_id, data)


@schemes.get("/schemes/{scheme_id}/versions/{version}", name="schemes.version")
def version(request: Request, scheme_id: str, version: str) -> Response:
    """One version of a scheme as people read it."""
    scheme = views.one(console_of(request), scheme_id)
    found, visitor = scheme.version(version), visitor_of(request)
    approves = may_file(BY_COMMAND_NAME["approve-scheme-version"], visitor.officer)
    waits = [each for each in scheme.waiting if each.version == version]
    return page(
        request,
        "scheme-version.html",
        scheme=scheme,
        version=found,
        content=found.content,
        options=options(found.content),
        plan=[(each, assessed_in(each, found.content)) for each in found.content.activities],
        rule=CODES[found.content.decision_rule],
        waits=waits,
        approves=approves and found.approved is None and not waits,
        plans=found.approved is not None and may_file(BY_COMMAND_NAME["plan-session"], visitor.officer),
        drafts=_drafts(request),
        tries=RULES["history.what-if"].allows(visitor.roles),
        opens=RULES["workshops.one"].allows(visitor.roles),
    )


@schemes.get("/schemes/{scheme_id}/versions/{version}/file", name="schemes.file")
def exported(request: Request, scheme_id: str, version: str) -> Response:
    """One version as one file."""
    scheme = views.one(console_of(request), scheme_id)
    data = carried.written(scheme_id, scheme.established, scheme.version(version).content)
    name = f"{scheme_id}-{version}.json"  # both have the form of an id
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, 200, headers, "application/json")


@schemes.get("/schemes/{scheme_id}/compare", name="schemes.compare")
def compare(request: Request, scheme_id: str, a: str = "", b: str = "") -> Response:
    """Two versions beside each other: unless the address says which, the last one and the one before."""
    scheme = views.one(console_of(request), scheme_id)
    numbers = [each.number for each in scheme.versions]
    compared = []
    if numbers:
        b = scheme.version(b or numbers[0]).number
        a = a or (numbers[numbers.index(b) + 1 :] or [b])[0]
        compared = lines(scheme.version(a).content, scheme.version(b).content)
    return page(request, "scheme-compare.html", scheme=scheme, numbers=numbers, a=a, b=b, lines=compared)


@schemes.get("/schemes/{scheme_id}/draft", name="schemes.draft")
def draft(request: Request, scheme_id: str) -> Response:
    """The editor of a new version, empty or with what another one says."""
    scheme = views.one(console_of(request), scheme_id)
    since = request.query_params.get("from", "")
    typed = editing.of_version(scheme.version(since).content, keep_number=False) if since else Typed()
    return _editor(request, scheme, _form(request, scheme_id, typed), since)


@schemes.post("/schemes/{scheme_id}/draft", name="schemes.drafted")
async def drafted(request: Request, scheme_id: str) -> Response:
    """What was entered: with a row more, less or elsewhere, checked, or filed."""
    sent = await request.form(max_fields=MAX_TEXTS, max_files=0)
    return await run_in_threadpool(_drafted, request, scheme_id, sent)


def _drafted(request: Request, scheme_id: str, sent: FormData) -> Response:
    scheme, action, since = (
        views.one(console_of(request), scheme_id),
        str(sent.get("do", "")),
        str(sent.get("from", "")),
    )
    entered = _form(request, scheme_id, editing.of_page([(k, str(v)) for k, v in sent.multi_items()], action))
    match action:
        case "check":
            return _checked(request, scheme, entered, since)
        case "file":
            return _filed(request, scheme, entered, since, sent)
        case _:
            return _editor(request, scheme, entered.do(action), since)


def _checked(request: Request, scheme: views.Scheme, entered: Form, since: str) -> Response:
    """Show what is new in the version, and who is to sign it; or the editor with what is wrong."""
    proposed = asked_for(entered, visitor_of(request).officer)
    return _review(request, scheme, entered, since, proposed, approving.of_page({}, request, entered), new_key())


def _review(
    request: Request,
    scheme: views.Scheme,
    entered: Form,
    since: str,
    proposed: Proposal | None,
    approval: Approval,
    key: str,
) -> Response:
    shown = None if proposed is None else preview(console_of(request), entered, proposed, language_of(request))
    if proposed is None or shown is None:
        return _editor(request, scheme, entered, since)
    base = scheme.version(since) if since else next(iter(scheme.versions), None)
    return page(
        request,
        "scheme-review.html",
        status=422 if approval.errors else 200,
        scheme=scheme,
        form=entered,
        since=since,
        base=base,
        differences=differing(base and base.content, _content(proposed.command)),
        shown=shown,
        approval=approval,
        key=key,
    )


def _content(command: object) -> SchemeVersionDrafted:
    assert isinstance(command, DraftSchemeVersion)  # of this form
    return command.stated_as(SchemeVersionDrafted)


def _filed(request: Request, scheme: views.Scheme, entered: Form, since: str, sent: FormData) -> Response:
    """File it, with its approval if that is asked for, once for each key; and go where both are signed."""
    officer = visitor_of(request).officer
    proposed, approval = asked_for(entered, officer), approving.of_page(sent, request, entered)
    approved = approval.proposal(officer)
    if proposed is None or approval.errors:
        return _review(request, scheme, entered, since, proposed, approval, key_in(sent))
    try:
        numbers = file_form(request, sent, lambda: [proposed, *approved])
    except NotTogether as refused:
        for place, error in refused.refusals.items():
            note((entered, approval.form)[place], error)
    except (Refused, LedgerError) as error:
        note(entered, error)
    else:
        return filed(request, numbers, f"{PREFIX}/statements/{numbers[0]}")
    return _review(request, scheme, entered, since, None if entered.errors else proposed, approval, key_in(sent))


def _imported(request: Request, scheme_id: str | None, data: bytes) -> Response:
    console = console_of(request)
    try:
        read = carried.read(data)
    except carried.NoSchemeFile as wrong:
        return _every(request, wrong.words)
    if scheme_id is None and not console.office.ledger.read().scheme(read.scheme_id).version:
        texts = {name: getattr(read, name) for name in ("scheme_id", "title_en", "title_fr", "domain")}
        return RedirectResponse(f"{PREFIX}/commands/establish-scheme?{urlencode(texts)}", 303)
    scheme = views.one(console, scheme_id or read.scheme_id)
    is_next = all(_numbers(read.content.version) > _numbers(each.number) for each in scheme.versions)
    entered = _form(request, scheme.id, editing.of_version(read.content, keep_number=is_next))
    proposed = asked_for(entered, visitor_of(request).officer)
    if proposed is not None:
        preview(console, entered, proposed, language_of(request))  # notes what the rules refuse
    return _editor(request, scheme, entered, "", read=read)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


async def _file_in(request: Request) -> bytes:
    async with request.form(max_fields=1, max_files=1) as sent:
        chosen = sent.get("file")
        return await chosen.read() if isinstance(chosen, UploadFile) else b""


def _form(request: Request, scheme_id: str, typed: Typed) -> Form:
    person = visitor_of(request).person
    typed = typed.with_texts({"scheme_id": (scheme_id,), f"{SIGNERS}.0": (person,)})
    return Form(DRAFT, typed, record_of(console_of(request)), person)


def _editor(
    request: Request, scheme: views.Scheme, entered: Form, since: str, read: carried.SchemeFile | None = None
) -> Response:
    editing.require_room(entered.typed)
    return page(
        request,
        "scheme-draft.html",
        status=422 if entered.errors else 200,
        scheme=scheme,
        form=entered,
        fields={field.name: field for field in entered.fields},
        options=OPTIONS,
        since=since,
        read=read,
        columns=_named(entered.typed, "competencies"),
        rows=_named(entered.typed, "activities"),
    )


def _named(typed: Typed, group: str) -> list[tuple[int, str]]:
    """Return the rows of a group that have an id, with what they are called in the plan."""
    ids: Iterable[tuple[int, str]] = ((row, typed.text(f"{group}.{row}.id").strip()) for row in typed.rows(group))
    return [(row, one) for row, one in ids if one]


def _drafts(request: Request) -> bool:
    return RULES["schemes.draft"].allows(visitor_of(request).roles)
