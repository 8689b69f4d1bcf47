"""The texts of a form by the names of their inputs: as they were sent, or as a page shows them."""

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

import msgspec

from ledger.domain.refusal import Refused
from ledger.words import Words

MAX_TEXTS = 4000  # inputs of one form: a scheme of fifty competencies in fifty activities has fewer
MAX_CHARACTERS = 200_000  # in all: a statement has at most 64 kB
MAX_ROWS = 200  # of one group

_NAME = re.compile(r"[a-z][A-Za-z0-9_-]{0,63}(?:\.[A-Za-z0-9_-]{1,64}){0,3}")
_PLACE = re.compile(r"0|[1-9][0-9]{0,2}")
_ACTION = re.compile(r"(add|remove):([a-z_]{1,40}(?:\.[0-9]{1,3})?)")


class TooMuch(Refused):
    """Refusals of a form that is larger than any form of this console."""

    texts: ClassVar = {
        "form-too-large": Words("this form has more than {most} {what}", "ce formulaire compte plus de {most} {what}"),
    }


class Typed(msgspec.Struct, frozen=True):
    """``texts`` holds what was entered, by the name of the input; several texts where several can be chosen."""

    texts: Mapping[str, tuple[str, ...]] = {}

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """Return what was sent, with rows numbered from 0 without a gap. Raises ``Refused`` when it is too much.

        What is no name of an input of any form is left out.
        """
        texts: dict[str, tuple[str, ...]] = {}
        count = characters = 0
        for name, text in pairs:
            count, characters = count + 1, characters + len(text)
            if count > MAX_TEXTS:
                raise TooMuch("form-too-large", most=MAX_TEXTS, what=Words("fields", "champs"))
            if characters > MAX_CHARACTERS:
                raise TooMuch("form-too-large", most=MAX_CHARACTERS, what=Words("characters", "caractères"))
            if _NAME.fullmatch(name):
                # A browser sends each end of a line as CR LF (HTML, multipart form data).
                texts[name] = (*texts.get(name, ()), text.replace("\r\n", "\n"))
        return cls(_numbered(texts))

    def text(self, name: str) -> str:
        """Return the text of an input; empty when there is none."""
        return self.texts.get(name, ("",))[0]

    def all(self, name: str) -> tuple[str, ...]:
        """Return every text that is not empty."""
        return tuple(filter(None, self.texts.get(name, ())))

    def rows(self, group: str) -> range:
        """Return the numbers of the rows of a group."""
        places = [name.split(".")[1] for name in self.texts if name.startswith(f"{group}.")]
        return range(1 + max((int(place) for place in places if _PLACE.fullmatch(place)), default=-1))

    def has(self, name: str) -> bool:
        """Whether something was entered under a name, or in a row or group of that name."""
        return any(
            any(text.strip() for text in texts)
            for path, texts in self.texts.items()
            if path == name or path.startswith(f"{name}.")
        )

    def only(self, fields: Iterable[str]) -> "Typed":
        """Return what was entered in these fields, their rows and groups included."""
        names = tuple(fields)
        within = tuple(f"{name}." for name in names)
        return Typed({n: texts for n, texts in self.texts.items() if n in names or n.startswith(within)})

    def without_empty_rows(self, groups: Iterable[str]) -> "Typed":
        """Return the same without those rows of the groups in which nothing was entered."""
        empty = [f"{group}.{row}." for group in groups for row in self.rows(group) if not self.has(f"{group}.{row}")]
        return Typed(_numbered({n: texts for n, texts in self.texts.items() if not n.startswith(tuple(empty))}))

    def with_texts(self, texts: Mapping[str, tuple[str, ...]]) -> "Typed":
        return Typed({**self.texts, **texts})

    def after(self, action: str, first_field: Mapping[str, str]) -> "Typed":
        """Return the same after ``add:GROUP`` or ``remove:GROUP.ROW``; ``first_field`` is that of each group's rows."""
        found = _ACTION.fullmatch(action)
        if found is None:
            return self
        what, (group, _, row) = found[1], found[2].partition(".")
        if group not in first_field:
            return self
        if what == "add" and not row and len(self.rows(group)) < MAX_ROWS:
            return self.with_texts({f"{group}.{len(self.rows(group))}.{first_field[group]}": ("",)})
        if what == "remove" and row:
            dropped = f"{group}.{int(row)}."
            return Typed(_numbered({name: texts for name, texts in self.texts.items() if not name.startswith(dropped)}))
        return self


def _numbered(texts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the texts with the rows of each group numbered from 0, in their order. Raises ``Refused``."""
    rows: dict[str, set[int]] = {}
    for name in texts:
        group, place, _ = _split(name)
        if place is not None:
            rows.setdefault(group, set()).add(place)
    numbers = {group: {place: number for number, place in enumerate(sorted(places))} for group, places in rows.items()}
    if any(len(places) > MAX_ROWS for places in rows.values()):
        raise TooMuch("form-too-large", most=MAX_ROWS, what=Words("rows", "lignes"))
    numbered = {}
    for name, text in texts.items():
        group, place, rest = _split(name)
        numbered[name if place is None else f"{group}.{numbers[group][place]}{rest}"] = text
    return numbered


def _split(name: str) -> tuple[str, int | None, str]:
    """Return the group of a name, the number of its row, and what follows; None where it is not in a row."""
    group, _, rest = name.partition(".")
    place, dot, field = rest.partition(".")
    return (group, int(place), dot + field) if _PLACE.fullmatch(place) and dot else (group, None, "")
