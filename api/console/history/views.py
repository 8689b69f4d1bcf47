"""What the pages of the history show: a table with its filters, its files and its links."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from api.lists.catalogue import Answer
from api.lists.listing import IN_WORDS, Column, Kind, cell, plain
from ledger.words import Language, day_in_words, moment_in_words
from projections.insight.recomputing import rounded

PAGE = 200  # rows
MOST_CHOICES = 40  # of a filter: with more values, one is typed
FILTERED = (Kind.TEXT, *IN_WORDS, Kind.FLAG, Kind.TEXTS)
YEAR = "year"  # the one number by which people choose rows
HISTORY = "/console/history"


class Cell(NamedTuple):
    """A text, and the address of what it is about; empty if there is no page on it."""

    text: str
    address: str


class Filter(NamedTuple):
    """A column by which rows are chosen: ``choices`` are values with their labels; none where one types."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, str]]


class Shown(NamedTuple):
    """One page of a table. ``kept`` is the query of the address, without the page."""

    title: str
    about: str
    headers: list[str]
    rows: list[list[Cell]]
    total: int
    number: int
    pages: int
    filters: list[Filter]
    kept: str
    position: int
    left_out: int


def page_of(
    chosen: Answer,
    language: Language,
    number: int = 1,
    *,
    kept: Mapping[str, str] = MappingProxyType({}),
    filters: Iterable[Filter] = (),
) -> Shown:
    """Return one page of a table; ``kept`` is what the address of another page of it has too."""
    columns = chosen.table.on_screen
    total = len(chosen.rows)
    pages = max(1, -(-total // PAGE))
    number = min(number, pages)
    rows = chosen.rows[(number - 1) * PAGE : number * PAGE]
    return Shown(
        title=chosen.table.title.into(language),
        about=chosen.table.about.into(language),
        headers=[column.label.into(language) for column in columns],
        rows=[[_cell(row, column, language) for column in columns] for row in rows],
        total=total,
        number=number,
        pages=pages,
        filters=list(filters),
        kept=urlencode(kept),
        position=chosen.position,
        left_out=chosen.left_out,
    )


def _cell(row: Any, column: Column, language: Language) -> Cell:
    value = cell(getattr(row, column.name), column.kind, language)
    if isinstance(value, float):
        text = f"{rounded(Fraction(value)):f}".rstrip("0").rstrip(".")
        return Cell(text.replace(".", ",") if language == "fr" else text, "")
    if isinstance(value, datetime):
        return Cell(moment_in_words(value).into(language), "")
    if isinstance(value, date):
        return Cell(day_in_words(value).into(language), "")
    return Cell("" if value is None else str(value), "" if value is None else _address(row, column.name))


def _address(row: Any, name: str) -> str:
    """The page on what a cell names."""
    value = getattr(row, name)
    match name:
        case "name" if getattr(row, "person_id", ""):
            return f"{HISTORY}/people/{quote(row.person_id, safe='')}"
        case "outcome" | "decision" if getattr(row, "candidacy_id", "") and value:
            return f"{HISTORY}/candidacies/{quote(row.candidacy_id, safe='')}"
        case "session_id":
            return f"{HISTORY}/lists/candidates?{urlencode({'session_id': value})}"
        case "funder" if hasattr(row, "year"):
            return f"{HISTORY}/lists/sessions?{urlencode({'funder': value, 'year': row.year})}"
        case "administration_id":
            return f"{HISTORY}/administration/{quote(value, safe='')}"
        case "candidacy_id":
            return f"{HISTORY}/candidacy/{quote(value, safe='')}"
        case "number" if value:
            return f"/certificates/{quote(value, safe='')}"
        case "positions" if len(value) == 1:
            return f"{HISTORY}/entries/{value[0]}"
        case _:
            return ""


def filters_of(everything: Answer, wanted: Mapping[str, str], language: Language) -> Iterator[Filter]:
    """Yield the filters of a list: the columns on screen, and those that are in use."""
    on_screen = {column.name for column in everything.table.on_screen}
    for column in everything.table.columns:
        is_offered = column.name == YEAR or (column.kind in FILTERED and column.name in on_screen)
        if is_offered or column.name in wanted:
            choices = sorted(_choices(everything.rows, column, language), key=lambda choice: choice[1].casefold())
            few = choices if len(choices) <= MOST_CHOICES else []
            yield Filter(column.name, column.label.into(language), wanted.get(column.name, ""), few)


def _choices(rows: Iterable[Any], column: Column, language: Language) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for row in rows:
        value = getattr(row, column.name)
        for each in value if column.kind in (Kind.CODES, Kind.TEXTS) else (value,):
            if each not in (None, ""):
                found.add((str(plain(each, language)), str(cell(each, column.kind, language))))
        if len(found) > MOST_CHOICES:
            break
    return found
