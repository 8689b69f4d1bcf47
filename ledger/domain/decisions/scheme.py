"""The certification scheme: drafted and approved by version, cited by every workshop.

A version is checked when it is drafted, so that everything decided under it can rely on it: each
competency is assessed somewhere, each cut is a level of the rubric, each text exists in both languages.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.requiring import require_known, require_new
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events.scheme import (
    Activity,
    Competency,
    Criterion,
    RubricLevel,
    SchemeEstablished,
    SchemeVersionApproved,
    SchemeVersionDrafted,
)
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.scheme import NO_SCHEME, evolve_scheme
from ledger.words import Words

ON_RUBRIC = Words("a level of the rubric", "un niveau du barème")
CONSECUTIVE = Words(
    "two or more consecutive levels, lowest first", "au moins deux niveaux consécutifs, le plus bas en premier"
)
EACH_ONCE = Words("one or more, each id once", "un ou plusieurs, chaque id une seule fois")
BOTH_TEXTS = Words("a text in English and in French", "un texte en anglais et en français")


class SchemeCommand(Command, frozen=True, kw_only=True):
    scheme_id: str

    @property
    def subject(self) -> Stream:
        return Stream("scheme", self.scheme_id)


class EstablishScheme(SchemeCommand, frozen=True, kw_only=True):
    title_en: str
    title_fr: str
    domain: str


class DraftSchemeVersion(SchemeCommand, frozen=True, kw_only=True):
    version: str
    criteria: tuple[Criterion, ...]
    competencies: tuple[Competency, ...]
    activities: tuple[Activity, ...]
    levels: tuple[RubricLevel, ...]
    decision_rule: Literal["mean-of-levels/v1"]
    assessors_per_cell: int
    seats: int
    validity_months: int | None
    renewal_window_months: int
    separation_months: int


class ApproveSchemeVersion(SchemeCommand, frozen=True, kw_only=True):
    version: str
    effective_from: date


def establish_scheme(command: EstablishScheme, act: Act, read: Reader) -> Fact:
    """A director opens a scheme under an id of its own."""
    require_new("scheme", command.scheme_id, read.scheme(command.scheme_id).version)
    _require_texts("title", command.title_en, command.title_fr)
    return SchemeEstablished(
        scheme_id=command.scheme_id,
        title_en=command.title_en,
        title_fr=command.title_fr,
        domain=command.domain,
    )


def draft_scheme_version(command: DraftSchemeVersion, act: Act, read: Reader) -> Fact:
    """A programme manager drafts a version, complete in itself and greater than the last."""
    scheme = read.scheme(command.scheme_id)
    require_known("scheme", command.scheme_id, scheme.version)
    last = max(scheme.drafts, key=_precedence, default=None)
    if last is not None and _precedence(command.version) <= _precedence(last):
        raise Refused("version-not-greater", version=command.version, last=last)
    _require_rubric(command)
    _require_plan(command)
    fields = msgspec.structs.asdict(command)
    del fields["scheme_id"]
    return SchemeVersionDrafted(**fields)


def approve_scheme_version(command: ApproveSchemeVersion, act: Act, read: Reader) -> Fact:
    """A director and a programme manager put a drafted version into force from a day on."""
    scheme = read.scheme(command.scheme_id)
    require_known("scheme", command.scheme_id, scheme.version)
    if command.version not in scheme.drafts:
        raise Refused("version-not-drafted", version=command.version)
    if command.version in scheme.approved:
        raise Refused("version-already-approved", version=command.version)
    return SchemeVersionApproved(version=command.version, effective_from=command.effective_from)


def _precedence(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _require_rubric(draft: DraftSchemeVersion) -> None:
    levels = [rubric.level for rubric in draft.levels]
    if len(levels) < 2 or levels != list(range(levels[0], levels[0] + len(levels))):
        raise Refused("malformed", field="levels", expected=CONSECUTIVE)
    for rubric in draft.levels:
        _require_texts(f"levels[{rubric.level}].anchor", rubric.anchor_en, rubric.anchor_fr)
    for competency in draft.competencies:
        if competency.cut not in levels:
            raise Refused("malformed", field=f"competencies[{competency.id}].cut", expected=ON_RUBRIC)


def _require_plan(draft: DraftSchemeVersion) -> None:
    for field, rows in (
        ("criteria", draft.criteria),
        ("competencies", draft.competencies),
        ("activities", draft.activities),
    ):
        ids = [row.id for row in rows]
        if not ids or len(set(ids)) != len(ids):
            raise Refused("malformed", field=field, expected=EACH_ONCE)
        for row in rows:
            _require_texts(f"{field}[{row.id}].name", row.name_en, row.name_fr)
    assessed = {competency for activity in draft.activities for competency in activity.competencies}
    known = {competency.id for competency in draft.competencies}
    if assessed != known:
        differing = ", ".join(sorted(assessed ^ known))
        expected = Words(
            f"each competency in at least one activity, and no other: {differing}",
            f"chaque compétence dans au moins une activité, et aucune autre : {differing}",
        )
        raise Refused("malformed", field="activities", expected=expected)


def _require_texts(field: str, text_en: str, text_fr: str) -> None:
    if not (text_en.strip() and text_fr.strip()):
        raise Refused("malformed", field=field, expected=BOTH_TEXTS)


# fmt: off
SCHEME = Subject(
    kind="scheme",
    initial=lambda *_: NO_SCHEME,
    evolve=evolve_scheme,
    commands=(
        command_type("establish-scheme", EstablishScheme, establish_scheme,
            EventType("scheme-established/v1", SchemeEstablished, (Role.DIRECTOR,), "public",
                      Words("Certification scheme established", "Programme de certification établi")),
        ),
        command_type("draft-scheme-version", DraftSchemeVersion, draft_scheme_version,
            EventType("scheme-version-drafted/v1", SchemeVersionDrafted, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Scheme version drafted", "Version du programme rédigée")),
        ),
        command_type("approve-scheme-version", ApproveSchemeVersion, approve_scheme_version,
            EventType("scheme-version-approved/v1", SchemeVersionApproved, (Role.DIRECTOR, Role.PROGRAMME_MANAGER),
                      "public", Words("Scheme version approved", "Version du programme approuvée")),
        ),
    ),
)
# fmt: on
