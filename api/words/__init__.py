"""Statements in words, in English and in French, for signers and for readers of the history.

Signers must see all that they sign: whom or what it concerns, and every field under its usual name. A value behind a
digest appears where the reader holds its disclosure.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from string import Formatter
from typing import Any

import msgspec
from babel import Locale

from api.words.questions import QUESTIONS
from api.words.vocabulary import CHOICES, CODES, DETAILS, FIELDS, IMPLIED
from ledger.domain.decisions.acting import Command
from ledger.domain.events.candidacy import CellTrace, CompetencyTrace, CriterionFinding
from ledger.domain.events.clock import THE_CLOCK
from ledger.domain.events.common import Digest, Ratio
from ledger.domain.events.office import Founder, FounderV2
from ledger.domain.events.passkeys import Credential
from ledger.domain.events.persons import NAME_DETAILS, PersonsMerged, PersonsUnmerged, full_name
from ledger.domain.events.scheme import Activity, Competency, Criterion, RubricLevel, SchemeVersionDrafted
from ledger.domain.events.session import Ranked
from ledger.domain.form import SEALED_CODES
from ledger.domain.reader import Reader
from ledger.domain.record import ROLE_LABELS, Event, Fact, Role, Site
from ledger.domain.renewal import history_of
from ledger.domain.subjects import BY_COMMAND, BY_FACT, SUBJECTS
from ledger.visible import visible
from ledger.words import COLON, Language, Words, day_in_words, moment_in_words

SEMICOLON = Words("; ", "\N{NARROW NO-BREAK SPACE}; ")
NONE = Words("none", "aucune")
YES, NO = Words("yes", "oui"), Words("no", "non")
_VOWELS = frozenset("aeiouàâéèêëîïôûœ")
SEALED = Words("sealed", "scellé")
PEOPLE = frozenset(
    {
        "person_id",
        "assessor_id",
        "merged_id",
        "contact_id",
        "participant_id",
        "answerable_id",
        "members",
        "counterpart_id",
        "affected",
        "delegator_id",
    }
)
"""The fields that hold the id of a person, or several."""


def event_in_words(event: Event[Fact], language: Language, read: Reader) -> str:
    """Returns one line on what an event says; ``read`` gives the values behind its digests."""
    return _Speech(language, read).line(BY_FACT[type(event.facts)].label.into(language), _said(event))


def event_in_brief(event: Event[Fact], language: Language, read: Reader) -> tuple[str, tuple[str, ...]]:
    """Returns what an event says in short, by names: its title with what its question names; then every field."""
    speech, title = _Speech(language, read, by_id=False), BY_FACT[type(event.facts)].label.into(language)
    asked = QUESTIONS.get(event.type, Words("", ""))  # nobody is asked the founding, nor what is out of use
    brief = speech.brief(title, asked.into(language), _said(event))
    return brief, tuple(map(visible, _Speech(language, read).listed(_said(event))))


def question_in_words(event: Event[Fact], language: Language, read: Reader) -> tuple[str, str]:
    """Returns what an officer is asked before they sign an event, by names, and every further field that it states."""
    return _Speech(language, read, by_id=isinstance(event.facts, PersonsMerged | PersonsUnmerged)).question(
        QUESTIONS[event.type].into(language), _said(event)
    )


def command_in_words(command: Command, language: Language, read: Reader) -> str:
    """Returns one line on what a command asks for; where the rules choose the event, the title leaves it open."""
    row = BY_COMMAND[type(command)]
    title = row.event_types[0].label if len(row.event_types) == 1 else CHOICES[row.name]
    return _Speech(language, read).line(title.into(language), _fields(command))


_locale = cache(Locale)  # reads its names once, which takes longer than to say any line


def _said(event: Event[Fact]) -> dict[str, Any]:
    """The fields of an event, beginning with its subject."""
    if event.subject == THE_CLOCK:
        return {"time": event.time, **_fields(event.facts)}  # what is confirmed
    id_field = SUBJECTS[event.subject.kind].id_field
    return ({} if id_field is None else {id_field: event.subject.id}) | _fields(event.facts)


def _fields(values: msgspec.Struct) -> dict[str, Any]:
    return {field: getattr(values, field) for field in values.__struct_fields__}


class _Speech:
    """Writes lines about the record in one language; ``by_id`` also names the ids of people and things with a name."""

    def __init__(self, language: Language, read: Reader, *, by_id: bool = True) -> None:
        self._by_id = by_id
        self._sheets: dict[str, str] = {}  # by id: the activity and the assessor
        self._known: dict[str, str] = {}  # by id: an incident, a use of artificial intelligence, or an activity
        self._new: dict[str, str] = {}  # by person id: the name of somebody who is being registered
        self._language = language
        self._read = read
        self._locale = _locale(language)
        self._colon = COLON.into(language)
        self._terms: dict[str, str] = {}

    def line(self, title: str, fields: Mapping[str, Any]) -> str:
        """Returns the title, then each field with content, once."""
        listed = ", ".join(self.listed(fields))
        return visible(title + (self._colon + listed if listed else ""))

    def brief(self, title: str, asked: str, fields: Mapping[str, Any]) -> str:
        """Returns the title, then the values that the question names."""
        self._terms = self._terms_of(fields)
        self._hear_of_activities(fields)
        named = [name for _, name, _, _ in Formatter().parse(asked) if name and self._is_named(name, fields[name])]
        values = dict.fromkeys(self._value(name, fields[name]) for name in named)
        return visible(title + (self._colon + ", ".join(values) if values else ""))

    def question(self, asked: str, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the question, and what the event states beside."""
        person_id = fields.get("person_id")
        if person_id is not None and self._name(person_id) is None:
            self._new[person_id] = self._name_in(fields.get("details", ())) or person_id
        self._terms = self._terms_of(fields)
        if "candidacy_id" in fields:
            for sheet in self._read.candidacy(fields["candidacy_id"]).sheets.values():
                by = self._text("assessor_id", sheet.assessor)
                self._sheets[sheet.sheet_id] = f"{self._term(sheet.activity)}, {by}"
            self._hear_of(fields["candidacy_id"])
        self._hear_of_impartiality(fields)
        self._hear_of_activities(fields)
        spoken = {name: self._value(name, fields[name]) for _, name, _, _ in Formatter().parse(asked) if name}
        for name, value in spoken.items():
            if value[:1].casefold() in _VOWELS:
                for full, elided in ((" de ", " d’"), (" que ", " qu’")):
                    asked = asked.replace(f"{full}{{{name}}}", f"{elided}{{{name}}}")
        mark = Words("?", "\N{NARROW NO-BREAK SPACE}?").into(self._language)
        told = {
            *spoken,
            "sheet_id",
            "mission_id",
            "activity_id",
            "misuse_id",
        }  # the id of a new one is random and tells nothing
        told |= {"incident_id", "use_id"} if "session_id" in fields else set()  # new ones too
        told |= {"appeal_id", "complaint_id"} if person_id is not None else set()  # likewise, when they are lodged
        told |= {"candidacy_id", "certification_id"} if person_id is not None else set()  # likewise, of that person
        told |= {"conflict_id"} if "relation_code" in fields else set()
        told |= {"risk_id"} if "source" in fields else set()
        told |= {"calibration_id"}
        told |= {"public_key"} if "key_id" in spoken else set()
        beside = ", ".join(self.listed({f: value for f, value in fields.items() if f not in told}, fields))
        return visible(asked.format_map(spoken) + mark), visible(beside)

    def _hear_of(self, candidacy_id: str) -> None:
        """Find what the incidents and the uses of artificial intelligence of a candidate's workshop are called."""
        nomination = self._read.candidacy(candidacy_id).nomination
        if nomination is not None:
            session = self._read.session(nomination.session_id)
            for one, incident in session.incidents.items():
                self._known[one] = f"{self._code(incident.incident_code)}, {self._value('day', incident.day)}"
            for one, use in session.ai_uses.items():
                self._known[one] = f"{self._code(use.purpose)} ({use.model}, {use.model_version})"

    def _hear_of_impartiality(self, fields: Mapping[str, Any]) -> None:
        """Find what a tie that ends, or a risk that is treated, is called."""
        for declared in self._read.competence(fields.get("person_id", "")).open_conflicts:
            to = ("counterpart_id", declared.counterpart_id)
            if declared.counterpart_id is None:
                to = ("counterpart_administration", declared.counterpart_administration)
            self._known[declared.conflict_id] = f"{self._sealed(declared.relation_code)}, {self._value(*to)}"
        recorded = self._read.risk(fields.get("risk_id", "")).recorded
        if recorded is not None:
            self._known[fields["risk_id"]] = f"{self._code(recorded.source)}, {self._sealed(recorded.account)}"

    def _hear_of_activities(self, fields: Mapping[str, Any]) -> None:
        """Find what the activity is called of which a statement about a person speaks."""
        one = history_of(fields["person_id"], self._read).activities if "activity_id" in fields else {}
        for activity_id, activity in one.items():
            hours = f"{activity.hours}\N{NO-BREAK SPACE}h"
            known = f"{self._code(activity.activity_code)}, {self._value('day', activity.day)} ({hours})"
            self._known[activity_id] = known

    def listed(self, fields: Mapping[str, Any], said: Mapping[str, Any] | None = None) -> list[str]:
        """Returns each field with content and its name, once; they are of a statement that says more, or all of it."""
        self._terms = self._terms_of(fields if said is None else said)
        parts = [f"{self._into(FIELDS[f])} {self._value(f, v)}" for f, v in fields.items() if self._is_named(f, v)]
        return list(dict.fromkeys(parts))

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
            case bool():
                return self._into(YES if value else NO)
            case Role():
                return self._into(ROLE_LABELS[value])
            case datetime():
                return moment_in_words(value, "%H:%M:%S").into(self._language)
            case date():
                return day_in_words(value).into(self._language)
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
        if field in PEOPLE:
            return self._named(text, self._name(text), self._employer(text))
        if field in ("candidacy_id", "selected"):
            return self._named(text, self._candidate(text), self._nominator(text))
        if field == "certification_id":
            number = self._read.certification(text).number
            known_by = f"{self._into(FIELDS['number'])} {number}" if number else self._nominator(text)
            return self._named(f"{number}, {text}" if number else text, self._candidate(text), known_by)
        if field in ("administration_id", "administrations", "counterpart_administration"):
            return self._named(text, self._territory(text))
        if field == "session_id" and not self._by_id:
            plan = self._read.session(text).plan
            return text if plan is None else f"{text} ({plan.place}, {day_in_words(plan.start).into(self._language)})"
        if field in ("sheet_id", "old_sheet_id") and not self._by_id:
            return self._sheets.get(text, text)
        if field in ("incident_id", "use_ids", "conflict_id", "risk_id", "activity_id"):
            return self._known.get(text, text)
        if field == "mission_id" and not self._by_id:
            return self._mission(text)
        if field == "appeal_id" and not self._by_id:
            return self._appeal(text)
        if field == "scheme_id":
            scheme = self._read.scheme(text)
            return self._named(text, self._into(Words(scheme.title_en, scheme.title_fr)) or None)
        if field in ("language", "languages"):
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
            case Founder() | FounderV2():
                return self._pair(self._text("person_id", value.person_id), self._into(ROLE_LABELS[value.role]))
            case Credential():
                kind = self._code("synced" if value.backup_eligible else "device-bound")
                return f"{value.rp_id} ({self._term(value.algorithm)}, {kind})"
            case Site():
                return f"{value.origin} ({value.rp_id})"
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

    def _mission(self, mission_id: str) -> str:
        asked = self._read.mission(mission_id).request
        if asked is None:
            return mission_id
        of = f"{self._code(asked.topic)}, {self._value('start', asked.start)}"
        return f"{self._territory(asked.administration_id) or asked.administration_id} ({of})"

    def _appeal(self, appeal_id: str) -> str:
        """Returns who appealed and against what: its id is random and tells nothing."""
        lodged = self._read.appeal(appeal_id).lodging
        if lodged is None:
            return appeal_id
        return f"{self._text('person_id', lodged.person_id)}, {self._code(lodged.disputed)}"

    def _pair(self, name: str, value: str) -> str:
        return f"{name}{self._colon}{value}"

    def _named(self, identifier: str, name: str | None, known_by: str | None = None) -> str:
        """Returns a name with the id or, in a question, with what people tell those of one name apart by."""
        if name is None:
            return identifier
        beside = identifier if self._by_id else known_by
        return f"{name} ({beside})" if beside else name

    def _territory(self, administration_id: str | None) -> str | None:
        return None if administration_id is None else self._locale.territories.get(administration_id)

    def _employer(self, person_id: str) -> str | None:
        employments = self._read.person(person_id).employments
        return self._territory(employments[-1].administration_id) if employments else None

    def _nominator(self, candidacy_id: str) -> str | None:
        nomination = self._read.candidacy(candidacy_id).nomination
        return None if nomination is None else self._territory(nomination.administration_id)

    def _name(self, person_id: str) -> str | None:
        """Returns given and family name, where the reader holds their disclosures."""
        return self._new.get(person_id) or self._name_in(self._read.person(person_id).named(*NAME_DETAILS))

    def _name_in(self, details: Iterable[Digest]) -> str | None:
        parts = {digest.name: self._read.disclosure(digest.digest) for digest in details}
        return full_name({name: str(part.value) for name, part in parts.items() if part is not None}) or None

    def _candidate(self, candidacy_id: str) -> str | None:
        nomination = self._read.candidacy(candidacy_id).nomination
        return None if nomination is None else self._name(nomination.person_id)

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
        if plan is not None:
            return self._read.scheme(plan.scheme_id).drafts[plan.scheme_version]
        drafts = self._read.scheme(fields["scheme_id"]).drafts if "scheme_id" in fields else {}
        return next(reversed(drafts.values()), None)  # the names of the last one
