"""The pages of the history, and the files of its lists."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

import msgspec
from fastapi import Form, Query, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api.console.application import console_of, reader_of, visitor_of
from api.console.history import views
from api.console.history.charts import charts
from api.console.history.saved import Saved, SavedLists
from api.console.page import page
from api.console.permissions import RULES, Rule
from api.console.refusals import ConsoleRefusal
from api.console.routing import router
from api.lists.catalogue import Answer, ask, compared, listing_of, seen_by
from api.lists.formats import MEDIA_TYPES, Format, Unavailable, chunks
from api.lists.listing import Listing, Unasked, filtered
from api.lists.recomputed import recomputed, under
from api.pages import language_of
from api.past.search import only_exact, search
from api.problems import WrongInput
from api.secretariat.lists import turn
from api.strict_requests import STORABLE
from ledger.domain.refusal import Refused
from ledger.store.port import LARGEST

history = router()
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "jsonl", "parquet")
OWN = frozenset({"lang", "on", "known_on", "days", "page", "format"})  # every other parameter filters a column

Text = Annotated[str, Query(max_length=20)]  # of a form: empty for what is not asked
MOST_NAME, MOST_QUERY = 80, 1000  # characters
Called = Annotated[str, Form(max_length=MOST_NAME, pattern=STORABLE)]


@history.get("/history", name="history.home")
def home(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """What a text finds, and the lists that the visitor may see; the one thing that it exactly means is opened."""
    ledger, visitor = console_of(request).office.ledger, visitor_of(request)
    size = ledger.size()
    groups = search(ledger, q, reader_of(visitor))
    exact = only_exact(groups)
    if exact is not None:
        return RedirectResponse(exact.address, 303)
    return page(
        request,
        "history.html",
        q=q.strip(),
        groups=groups,
        size=size,
        lists=seen_by(visitor.roles),
        saved=SavedLists(console_of(request).office.inbox.desk).of(visitor.person),
        compares=RULES["history.what-if"].allows(visitor.roles),
    )


@history.get("/history/lists/{name}", name="history.list")
def show_list(
    request: Request,
    name: str,
    on: Text = "",
    known_on: Text = "",
    days: Text = "",
    number: Annotated[int, Query(alias="page", ge=1, le=LARGEST)] = 1,
) -> Response:
    """One list: its filters are in the address, and its files have the same rows."""
    listing = _listing(request, name)
    everything, wanted = _asked(request, listing, on, known_on, days), _wanted(request)
    chosen = _chosen(everything, wanted)
    kept = {key: request.query_params[key] for key in ("on", "known_on", "days") if request.query_params.get(key)}
    language = language_of(request)
    shown = views.page_of(
        chosen, language, number, kept={**kept, **wanted}, filters=views.filters_of(everything, wanted, language)
    )
    kept_lists = SavedLists(console_of(request).office.inbox.desk).of(visitor_of(request).person)
    return page(
        request,
        "history-list.html",
        shown=shown,
        name=name,
        saved=[each.name for each in kept_lists if (each.list, each.query) == (name, shown.kept)],
        listing=listing,
        formats=FORMATS,
        charts=charts(chosen, language),
        on=on,
        known_on=known_on,
        days=days or listing.days,
    )


@history.get("/history/lists/{name}/compared", name="history.compared")
def compare(
    request: Request,
    name: str,
    on: Text = "",
    known_on: Text = "",
    with_on: Text = "",
    with_known_on: Text = "",
) -> Response:
    """What only one of two answers of a list has: on two days, or as known on two days."""
    listing, language = _listing(request, name), language_of(request)
    before = _asked(request, listing, on, known_on, "")
    after = _asked(request, listing, with_on, with_known_on, "")
    gone, new = compared(before, after)
    return page(
        request,
        "history-compared.html",
        name=name,
        gone=views.page_of(gone, language),
        new=views.page_of(new, language),
        on=on,
        known_on=known_on,
        with_on=with_on,
        with_known_on=with_known_on,
    )


@history.get("/history/lists/{name}/file", name="history.file")
def file(
    request: Request,
    name: str,
    form: Annotated[Format, Query(alias="format")],
    on: Text = "",
    known_on: Text = "",
    days: Text = "",
) -> Response:
    """The same list as a file."""
    answer = _chosen(_asked(request, _listing(request, name), on, known_on, days), _wanted(request))
    try:
        parts = chunks(answer, form, language_of(request))
    except Unavailable as error:
        raise WrongInput("format", *error.words) from None
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return StreamingResponse(parts, 200, headers, MEDIA_TYPES[form])


@history.post("/history/lists/{name}/save", name="history.save")
def save(
    request: Request,
    name: str,
    called: Called = "",
    query: Annotated[str, Form(max_length=MOST_QUERY)] = "",
) -> Response:
    """Save a list with its days and filters under a name."""
    listing, person = _listing(request, name), visitor_of(request).person
    if not called.strip():
        raise WrongInput("called", "expected a name for the list", "un nom est attendu pour la liste")
    saved = Saved(called.strip(), listing.name, urlencode(parse_qsl(query)))
    SavedLists(console_of(request).office.inbox.desk).save(person, saved)
    return RedirectResponse(saved.address, 303)


@history.post("/history/saved/forget", name="history.forget")
def forget(request: Request, called: Called) -> Response:
    """Remove one of the visitor's saved lists."""
    SavedLists(console_of(request).office.inbox.desk).forget(visitor_of(request).person, called)
    return RedirectResponse("/console/history", 303)


@history.get("/history/candidacies/{candidacy_id}", name="history.result")
def result(request: Request, candidacy_id: str, known_on: Text = "") -> Response:
    """Why the result of a candidacy is what it is, computed again step by step; for no candidate of the workshop."""
    ledger, reader = console_of(request).office.ledger, reader_of(visitor_of(request))
    try:
        with turn:
            answer, differs = recomputed(ledger, candidacy_id, reader, _day(known_on, "known_on"))
    except Unasked as error:
        if error.field == "candidacy":
            raise Refused("unknown", kind="candidacy", id=candidacy_id) from None
        raise WrongInput(error.field, *error.words) from None
    return page(
        request,
        "history-result.html",
        shown=views.page_of(answer, language_of(request)),
        differs=differs,
        candidacy=candidacy_id,
        known_on=known_on,
        person=ledger.read().candidate(candidacy_id),
    )


@history.get("/history/what-if", name="history.what-if")
def what_if(
    request: Request,
    scheme: Annotated[str, Query(max_length=100)] = "",
    version: Annotated[str, Query(max_length=100)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=LARGEST)] = 1,
) -> Response:
    """What a version of a scheme would have changed in past workshops; nothing is written."""
    ledger, shown = console_of(request).office.ledger, None
    read = ledger.read()
    versions = [(each, v) for each in ledger.ids_of("scheme") for v in read.scheme(each).drafts]
    if scheme or version:
        with _answering():
            answer = under(ledger, scheme, version, reader_of(visitor_of(request)))
        kept = {"scheme": scheme, "version": version}
        shown = views.page_of(answer, language_of(request), number, kept=kept)
    return page(request, "history-what-if.html", shown=shown, versions=versions, scheme=scheme, version=version)


@contextmanager
def _answering() -> Iterator[None]:
    """Answer one question at a time, and turn what is no question into what is wrong with the request."""
    try:
        with turn:
            yield
    except Unasked as error:
        raise WrongInput(error.field, *error.words) from None


def _listing(request: Request, name: str) -> Listing:
    """Return a list that whoever is signed in may see. Raises ``NotAllowed``."""
    try:
        listing = listing_of(name)
    except Unasked:
        raise Refused("unknown", kind="list", id=name) from None
    visitor, rule = visitor_of(request), Rule(listing.roles)
    if not rule.allows(visitor.roles):
        raise ConsoleRefusal("not-allowed", who=rule.who)
    return listing


def _asked(request: Request, listing: Listing, on: str, known_on: str, days: str) -> Answer:
    day, known = _day(on, "on"), _day(known_on, "known_on")
    if days and not (days.isascii() and days.isdigit()):
        raise WrongInput("days", "expected a whole number", "un nombre entier est attendu")
    number = int(days) if days and listing.days is not None else None
    reader = reader_of(visitor_of(request))
    with _answering():
        return ask(console_of(request).office.ledger, listing.name, reader=reader, on=day, known_on=known, days=number)


def _chosen(everything: Answer, wanted: Mapping[str, str]) -> Answer:
    try:
        rows = filtered(everything.rows, everything.table, wanted)
    except Unasked as error:
        raise WrongInput(error.field, *error.words) from None
    return msgspec.structs.replace(everything, rows=rows)


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        en, fr = "expected a date as YYYY-MM-DD", "une date au format AAAA-MM-JJ est attendue"
        raise WrongInput(field, en, fr) from None


def _wanted(request: Request) -> dict[str, str]:
    """The filters in the address; what is empty there filters nothing."""
    return {name: text for name, text in request.query_params.items() if name not in OWN and text.strip()}
