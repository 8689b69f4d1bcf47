"""Statements in words, English and French, for the people who sign them and those who read the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from babel.dates import format_date

from ledger.domain.catalogue import BY_FACT, EventType
from ledger.domain.commands import BY_COMMAND
from ledger.domain.decisions.acting import Command
from ledger.domain.record import Event, Fact

Language = Literal["en", "fr"]
NameOf = Callable[[str], str | None]

FIELDS = {
    "person_id": ("person", "personne"),
    "role": ("role", "fonction"),
    "administration_id": ("administration", "administration"),
    "session_id": ("workshop", "atelier"),
    "scheme_id": ("scheme", "programme"),
    "version": ("version", "version"),
    "candidacy_id": ("candidacy", "candidature"),
    "certification_id": ("certification", "certification"),
    "activity": ("activity", "activité"),
    "competency": ("competency", "compétence"),
    "level": ("level", "niveau"),
    "effective_from": ("from", "à compter du"),
    "expires_on": ("until", "jusqu'au"),
    "new_expires_on": ("until", "jusqu'au"),
    "reason_code": ("reason", "motif"),
    "key_id": ("key", "clé"),
    "sheet_id": ("sheet", "fiche"),
    "outcome": ("outcome", "résultat"),
}


def label(row: EventType, language: Language) -> str:
    """What people call an event."""
    return row.label_en if language == "en" else row.label_fr


def event_in_words(event: Event[Fact], language: Language, name_of: NameOf) -> str:
    """One line on what an event says."""
    return _line(label(BY_FACT[type(event.facts)], language), event.facts, language, name_of)


def command_in_words(command: Command, language: Language, name_of: NameOf) -> str:
    """One line on what a command asks for; where the rules choose, both answers are named."""
    titles = [label(row, language) for row in BY_COMMAND[type(command)].event_types]
    return _line((" or " if language == "en" else " ou ").join(titles), command, language, name_of)


def _line(title: str, values: msgspec.Struct, language: Language, name_of: NameOf) -> str:
    parts = []
    for field in values.__struct_fields__:
        value = getattr(values, field)
        if field in FIELDS and value is not None:
            word = FIELDS[field][0 if language == "en" else 1]
            parts.append(f"{word} {_text(field, value, language, name_of)}")
    separator = ": " if language == "en" else " : "
    return title + (separator + ", ".join(parts) if parts else "")


def _text(field: str, value: Any, language: Language, name_of: NameOf) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return str(format_date(value, "long", locale=language))
    if field in ("person_id", "candidacy_id", "certification_id"):
        name = name_of(value)
        return f"{name} ({value})" if name else str(value)
    return str(value)
