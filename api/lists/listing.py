"""What a list is: its columns with their kinds, who may see it, and the rows that answer a question."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, get_args, get_type_hints

import msgspec

from api.lists.labels import CODES, LABELS
from api.lists.story import Story
from api.words.record import language_name, region_name
from ledger.domain.record import Role
from ledger.words import Language, Words


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    CODE = "code"  # a word of this program, which people read in their language
    LANGUAGE = "language"  # its code, likewise
    REGION = "region"  # its English name, likewise
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "yes or no"
    DAY = "day"
    MOMENT = "moment"
    TEXTS = "several texts"
    CODES = "several codes"
    POSITIONS = "entries of the log"


Code = Annotated[str, Kind.CODE]
LanguageCode = Annotated[str, Kind.LANGUAGE]
RegionName = Annotated[str, Kind.REGION]
Codes = Annotated[tuple[str, ...], Kind.CODES]
Texts = Annotated[tuple[str, ...], Kind.TEXTS]
Positions = Annotated[tuple[int, ...], Kind.POSITIONS]
IN_WORDS: dict[Kind, Callable[[str], Words]] = {
    Kind.CODE: CODES.__getitem__,
    Kind.CODES: CODES.__getitem__,
    Kind.LANGUAGE: language_name,
    Kind.REGION: region_name,
}
"""What each single value of a kind is called."""
_KINDS = {
    str: Kind.TEXT, Words: Kind.TEXT, int: Kind.WHOLE, float: Kind.NUMBER, bool: Kind.FLAG,
    date: Kind.DAY, datetime: Kind.MOMENT,
}  # fmt: skip


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The base of the rows of every list: the fields are its columns. None is an empty cell."""


class Column(msgspec.Struct, frozen=True):
    """``name`` is the same in every language and version of the list."""

    name: str
    label: Words
    kind: Kind


class Asked(msgspec.Struct, frozen=True):
    """``on`` is the day that a question is about; ``days`` the number that some lists take.

    ``wanted`` are the filters. A list may leave out what they do, where that saves much time.
    """

    on: date
    days: int
    wanted: Mapping[str, str] = {}

    def leaves_out(self, column: str, value: str) -> bool:
        """Whether a filter on a column leaves rows with this value out."""
        return _key(self.wanted.get(column, value)) != _key(value)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """What rows of one kind are called, and who may see them.

    ``brief`` are the columns for which a screen has room; empty if it has for all.
    """

    name: str
    title: Words
    about: Words
    row: type[Row]
    roles: frozenset[Role]
    brief: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        hints = get_type_hints(self.row, include_extras=True)
        return tuple(Column(name, LABELS[name], _kind(hints[name])) for name in self.row.__struct_fields__)

    @property
    def on_screen(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not self.brief or column.name in self.brief)


class Listing(Table, frozen=True, kw_only=True):
    """One list. ``days`` is the number of days that it takes unless another is given; None if it takes none."""

    rows: Callable[[Story, Asked], Iterator[Row]]
    days: int | None = None
    needs_sheets: bool = False


class Unasked(ValueError):
    """A question names what the list does not have: ``field`` says what, ``words`` what was expected."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(f"{field}: {words.en}")
        self.field, self.words = field, words


def filtered(rows: Iterable[Row], table: Table, wanted: Mapping[str, str]) -> list[Row]:
    """Returns the rows whose columns hold what is wanted, whatever the case. Raises ``Unasked``."""
    names = [column.name for column in table.columns]
    for name in wanted:
        if name not in names:
            listed = ", ".join(names)
            raise Unasked(
                "filter", Words(f"expected one of {listed}", f"l’une de ces colonnes est attendue : {listed}")
            )
    texts = {name: _key(text) for name, text in wanted.items()}
    return [row for row in rows if all(text in _held(getattr(row, name)) for name, text in texts.items())]


def cell(value: Any, kind: Kind, language: Language) -> Any:
    """Returns a value as people read it: codes in words, several values as one text; numbers and days as they are."""
    if value is None:
        return None
    if isinstance(value, Words):
        return value.into(language)
    if kind in IN_WORDS:
        values = value if isinstance(value, tuple) else (value,)
        return ", ".join(IN_WORDS[kind](each).into(language) for each in values)
    if kind is Kind.FLAG:
        return (Words("yes", "oui") if value else Words("no", "non")).into(language)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


def plain(value: Any, language: Language) -> Any:
    """Returns a value as programs read it: codes as they are, a text in one language."""
    return value.into(language) if isinstance(value, Words) else value


def _held(value: Any) -> set[str]:
    """Every text by which a value is found."""
    values = value if isinstance(value, tuple) else ("" if value is None else value,)
    return {_key(str(each)) for each in values}


def _key(text: str) -> str:
    return text.strip().casefold()


def _kind(hint: Any) -> Kind:
    found = [each for each in get_args(hint) if isinstance(each, Kind)]
    if found:
        return found[0]
    choices = [_kind(each) for each in get_args(hint) if each is not type(None)]
    return choices[0] if choices else _KINDS[hint]
