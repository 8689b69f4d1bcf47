"""The pages on which a command is chosen, filled in, checked as the statement that it becomes, and filed."""

from urllib.parse import quote

import msgspec
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.commands import views
from api.console.commands.words import TITLES
from api.console.filed import filed, key_in, new_key
from api.console.forms.form import Form
from api.console.forms.typed import MAX_TEXTS, Typed
from api.console.page import page
from api.console.refusals import ConsoleRefusal
from api.console.routing import PREFIX, router
from api.pages import language_of
from api.secretariat.filing import file
from ledger.domain.decisions.rows import CommandType
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.errors import LedgerError

commands = router()


@commands.get("/commands", name="commands.list")
def listed(request: Request) -> Response:
    """Every command by subject: those that whoever is signed in can file, and who files the others."""
    return page(request, "commands.html", subjects=views.offered(visitor_of(request).officer))


@commands.get("/commands/{name}", name="commands.form")
def form(request: Request, name: str) -> Response:
    """The form of a command; what the query names is filled in."""
    row = _row(request, name)
    return _form_page(request, _form(request, row, Typed.of(request.query_params.multi_items())))


@commands.post("/commands/{name}", name="commands.file")
async def filled_in(request: Request, name: str) -> Response:
    """What was entered: with a row more or less, with lists updated, checked, or filed."""
    sent = await request.form(max_fields=MAX_TEXTS, max_files=0)
    return await run_in_threadpool(_do, request, name, sent)


def _do(request: Request, name: str, sent: FormData) -> Response:
    filled = _form(request, _row(request, name), Typed.of((k, str(v)) for k, v in sent.multi_items()))
    match str(sent.get("do", "")):
        case "check":
            return _checked(request, filled)
        case "file":
            return _filed(request, filled, key_in(sent))
        case action:
            return _form_page(request, filled.do(action))


def _checked(request: Request, filled: Form) -> Response:
    """The statement in words as it will be signed, or the form with what is wrong."""
    proposed = views.asked_for(filled, visitor_of(request).officer)
    if proposed is not None:
        shown = views.preview(console_of(request), filled, proposed, language_of(request))
        if shown is not None:
            return _page(request, filled, preview=shown, key=new_key())
    return _form_page(request, filled)


def _filed(request: Request, filled: Form, key: str) -> Response:
    """File it, once for each key, and go where it can be signed or followed."""
    officer, inbox = visitor_of(request).officer, console_of(request).office.inbox
    proposed = views.asked_for(filled, officer)
    if proposed is None:
        return _form_page(request, filled)
    asked = msgspec.json.encode([filled.row.name, sorted(filled.typed.texts.items())])
    try:
        item, _ = file(inbox, officer, proposed, key, asked)
        inbox.sync()
    except (Refused, LedgerError) as error:
        views.note(filled, error)
        return _form_page(request, filled)
    return filed(request, [item.number], f"{PREFIX}/statements/{item.number}")


def _row(request: Request, name: str) -> CommandType:
    """Return the command of that name, which whoever is signed in must be able to file. Raises ``Refused``."""
    row, visitor = BY_COMMAND_NAME.get(name), visitor_of(request)
    if row is None:
        raise Refused("unknown", kind="command", id=name)
    if not views.may_file(row, visitor.officer):
        raise ConsoleRefusal("not-allowed", who=views.who_files(row))
    return row


def _form(request: Request, row: CommandType, typed: Typed) -> Form:
    return Form(row, typed, views.record_of(console_of(request)), visitor_of(request).person)


def _form_page(request: Request, filled: Form) -> Response:
    return _page(request, filled, preview=None, key="")


def _page(request: Request, filled: Form, *, preview: views.Preview | None, key: str) -> Response:
    name = filled.row.name
    return page(
        request,
        "command.html",
        form=filled,
        heading=TITLES[name],
        action=f"{PREFIX}/commands/{quote(name)}",
        preview=preview,
        key=key,
        status=422 if filled.errors else 200,
    )
