"""Statements in words, in English and in French, for signers and for readers of the history.

Signers must see all that they sign: whom or what it concerns, and every field under its usual name. A value behind a
digest appears where the reader holds its disclosure.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from babel import Locale

from api.words.vocabulary import CHOICES, CODES, DETAILS, FIELDS, IMPLIED
from ledger.domain.decisions.acting import Command
from ledger.domain.events.candidacy import CellTrace, CompetencyTrace, CriterionFinding
from ledger.domain.events.clock import THE_CLOCK
from ledger.domain.events.common import Digest, Ratio
from ledger.domain.events.office import Founder
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.events.scheme import Activity, Competency, Criterion, RubricLevel, SchemeVersionDrafted
from ledger.domain.events.session import Ranked
from ledger.domain.form import SEALED_CODES
from ledger.domain.reader import Reader
from ledger.domain.record import ROLE_LABELS, Event, Fact, Role
from ledger.domain.subjects import BY_COMMAND, BY_FACT, SUBJECTS
from ledger.words import COLON, Language, Words
from projections.dates import day_in_words, moment_in_words

SEMICOLON = Words("; ", "\N{NARROW NO-BREAK SPACE}; ")
NONE = Words("none", "aucune")
SEALED = Words("sealed", "scellé")


def event_in_words(event: Event[Fact], language: Language, read: Reader) -> str:
    """Returns one line on what an event says; ``read`` gives the values behind its digests."""
    id_field = SUBJECTS[event.subject.kind].id_field
    fields: dict[str, Any] = {} if id_field is None else {id_field: event.subject.id}
    if event.subject == THE_CLOCK:
        fields = {"time": event.time}  # what is confirmed
    return _Speech(language, read).line(BY_FACT[type(event.facts)].label.into(language), fields | _fields(event.facts))


def command_in_words(command: Command, language: Language, read: Reader) -> str:
    """Returns one line on what a command asks for; where the rules choose the event, the title leaves it open."""
    row = BY_COMMAND[type(command)]
    title = row.event_types[0].label if len(row.event_types) == 1 else CHOICES[row.name]
    return _Speech(language, read).line(title.into(language), _fields(command))


def _fields(values: msgspec.Struct) -> dict[str, Any]:
    return {field: getattr(values, field) for field in values.__struct_fields__}


class _Speech:
    """Writes lines about the record in one language."""

    def __init__(self, language: Language, read: Reader) -> None:
        self._language = language
        self._read = read
        self._locale = Locale(language)
        self._colon = COLON.into(language)
        self._terms: dict[str, str] = {}

    def line(self, title: str, fields: Mapping[str, Any]) -> str:
        """Returns the title, then each field with content, once."""
        self._terms = self._terms_of(fields)
        parts = [f"{self._into(FIELDS[f])} {self._value(f, v)}" for f, v in fields.items() if self._is_named(f, v)]
        return title + (self._colon + ", ".join(dict.fromkeys(parts)) if parts else "")

    def _is_named(self, field: str, value: Any) -> bool:
        if field in IMPLIED or value in ((), {}):
            return False
        return value is not None or field in ("expires_on", "validity_months")

    def _value(self, field: str, value: Any) -> str:
        match value:
            case None:
                return self._into(NONE)
            case Digest():
                return self._sealed(value)
            case Role():
                return self._into(ROLE_LABELS[value])
            case datetime():
                return moment_in_words(value, self._language, "%H:%M:%S")
            case date():
                return day_in_words(value, self._language)
            case bytes():
                return self._read.key_id(value)
            case dict():
                return ", ".join(f"{self._term(key)} {level}" for key, level in value.items())
            case tuple() | list():
                return SEMICOLON.into(self._language).join(self._value(field, item) for item in value)
            case msgspec.Struct():
                return self._struct(value)
            case str():
                return self._text(field, value)
            case _:
                return str(value)

    def _text(self, field: str, text: str) -> str:
        if field in ("person_id", "assessor_id", "merged_id"):
            return self._named(text, self._name(text))
        if field in ("candidacy_id", "selected"):
            return self._named(text, self._candidate(text))
        if field == "certification_id":
            return self._named(self._certificate(text), self._candidate(text))
        if field == "administration_id":
            return self._named(text, self._locale.territories.get(text))
        if field == "scheme_id":
            scheme = self._read.scheme(text)
            return self._named(text, self._into(Words(scheme.title_en, scheme.title_fr)))
        if field == "language":
            return str(self._locale.languages.get(text, text))
        if field == "unmet":
            return "/".join(map(self._term, text.split("/")))
        return self._term(text)

    def _struct(self, value: msgspec.Struct) -> str:
        match value:
            case CriterionFinding():
                return self._pair(self._term(value.criterion), self._met(value.met))
            case CompetencyTrace():
                reached = f"{value.total}/{value.count} ({self._into(FIELDS['cut'])} {value.cut})"
                return self._pair(self._term(value.competency), f"{reached}, {self._met(value.met)}")
            case CellTrace():
                levels = ", ".join(str(sheet.level) for sheet in value.sheets) or self._code("incomplete")
                moderated = "" if value.moderated is None else f" → {value.moderated}"
                return self._pair(f"{self._term(value.activity)}/{self._term(value.competency)}", levels + moderated)
            case Ranked():
                return self._pair(self._text("candidacy_id", value.candidacy_id), self._struct(value.composite))
            case Ratio():
                return f"{value.numerator}/{value.denominator}".removesuffix("/1")
            case Founder():
                return self._pair(self._text("person_id", value.person_id), self._into(ROLE_LABELS[value.role]))
            case Competency():
                return f"{self._own_name(value)} ({self._into(FIELDS['cut'])} {value.cut})"
            case Activity():
                return self._pair(self._own_name(value), ", ".join(map(self._term, value.competencies)) or "—")
            case Criterion():
                return self._own_name(value)
            case RubricLevel():
                return f"{value.level} {self._into(Words(value.anchor_en, value.anchor_fr))}"
            case _:
                return self.line("", _fields(value)).removeprefix(self._colon)

    def _into(self, words: Words) -> str:
        return words.into(self._language)

    def _sealed(self, digest: Digest) -> str:
        """Returns the name and the value behind a digest, where the reader holds the disclosure."""
        disclosed = self._read.disclosure(digest.digest)
        if digest.name in SEALED_CODES:
            return f"({self._into(SEALED)})" if disclosed is None else self._term(str(disclosed.value))
        name = self._into(DETAILS.get(digest.name, Words(digest.name, digest.name)))
        if disclosed is None:
            return f"{name} ({self._into(SEALED)})"
        value = disclosed.value
        field = "language" if digest.name == "languages" else ""
        return self._pair(name, value if isinstance(value, str) else self._value(field, value))

    def _pair(self, name: str, value: str) -> str:
        return f"{name}{self._colon}{value}"

    def _named(self, identifier: str, name: str | None) -> str:
        return f"{name} ({identifier})" if name else identifier

    def _name(self, person_id: str) -> str | None:
        """Returns given and family name, where the reader holds their disclosures."""
        person = self._read.person(person_id)
        parts = [self._read.disclosure(digest.digest) for digest in person.named(*NAME_DETAILS)]
        return " ".join(str(part.value) for part in parts if part is not None) or None

    def _candidate(self, candidacy_id: str) -> str | None:
        nomination = self._read.candidacy(candidacy_id).nomination
        return None if nomination is None else self._name(nomination.person_id)

    def _certificate(self, certification_id: str) -> str:
        """Returns the number of the latest certificate and the id."""
        number = self._read.certification(certification_id).number
        return f"{number}, {certification_id}" if number else certification_id

    def _met(self, met: bool | None) -> str:
        return self._code("incomplete" if met is None else "met" if met else "not-met")

    def _code(self, code: str) -> str:
        return self._into(CODES[code])

    def _term(self, text: str) -> str:
        """Returns the name of a term of the scheme or of this program; anything else unchanged."""
        return self._terms.get(text) or (self._code(text) if text in CODES else text)

    def _own_name(self, term: Criterion | Competency | Activity) -> str:
        return self._into(Words(term.name_en, term.name_fr))

    def _terms_of(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Returns the names of the criteria, competencies and activities of the subject's scheme version."""
        if "criteria" in fields:
            rows: Iterable[Any] = (*fields["criteria"], *fields["competencies"], *fields["activities"])
        else:
            version = self._version_of(fields)
            rows = () if version is None else (*version.criteria, *version.competencies, *version.activities)
        return self._terms | {row.id: self._own_name(row) for row in rows}

    def _version_of(self, fields: Mapping[str, Any]) -> SchemeVersionDrafted | None:
        subject = fields.get("candidacy_id") or fields.get("certification_id")
        nomination = None if subject is None else self._read.candidacy(subject).nomination
        session_id = fields.get("session_id") if nomination is None else nomination.session_id
        plan = None if session_id is None else self._read.session(session_id).plan
        return None if plan is None else self._read.scheme(plan.scheme_id).drafts[plan.scheme_version]
