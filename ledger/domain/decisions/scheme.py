"""The certification scheme: drafted and approved by version, cited by every workshop.

A version is checked when it is drafted, so that everything decided under it can rely on it: each
competency is assessed somewhere, each cut is a level of the rubric, each text exists in both languages.
"""

from datetime import date
from typing import Literal

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import scheme as facts
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.scheme import Scheme, evolve_scheme
from ledger.words import Words

ON_RUBRIC = Words("a level of the rubric", "un niveau du barème")
FIELD_PHASE = Words(
    "the months of a field phase, after which somebody may be recognised",
    "les mois d’une phase terrain, au terme de laquelle une personne peut être reconnue",
)
CONSECUTIVE = Words(
    "two or more consecutive levels, lowest first", "au moins deux niveaux consécutifs, le plus bas en premier"
)


class SchemeCommand(Command, frozen=True, kw_only=True):
    kind = "scheme"
    scheme_id: str


class EstablishScheme(SchemeCommand, frozen=True, kw_only=True):
    title_en: str
    title_fr: str
    domain: str


class DraftSchemeVersion(SchemeCommand, frozen=True, kw_only=True):
    version: str
    criteria: tuple[facts.Criterion, ...]
    competencies: tuple[facts.Competency, ...]
    activities: tuple[facts.Activity, ...]
    levels: tuple[facts.RubricLevel, ...]
    decision_rule: Literal["mean-of-levels/v1"]
    assessors_per_cell: int
    seats: int
    validity_months: int | None
    renewal_window_months: int
    separation_months: int
    field_phase_months: int | None = None
    recognises: bool = False
    renewal_hours: int | None = None
    renewal_missions: int | None = None
    renewal_refreshers: int | None = None
    surveillance_months: int | None = None
    steps: tuple[facts.Step, ...] = ()
    qualified_assessors: bool = False
    appeal_days: int | None = None
    acknowledgement_days: int | None = None
    decision_days: int | None = None
    retention_months: int | None = None


class DraftSchemeVersionV1(SchemeCommand, frozen=True, kw_only=True):
    version: str
    criteria: tuple[facts.Criterion, ...]
    competencies: tuple[facts.Competency, ...]
    activities: tuple[facts.Activity, ...]
    levels: tuple[facts.RubricLevel, ...]
    decision_rule: Literal["mean-of-levels/v1"]
    assessors_per_cell: int
    seats: int
    validity_months: int | None
    renewal_window_months: int
    separation_months: int


AnyDraft = DraftSchemeVersion | DraftSchemeVersionV1


class ApproveSchemeVersion(SchemeCommand, frozen=True, kw_only=True):
    version: str
    effective_from: date


def establish_scheme(command: EstablishScheme, act: Act, read: Reader) -> Fact:
    """A director establishes a scheme under a new id."""
    require.new(command, read)
    return command.stated_as(facts.SchemeEstablished)


def draft_scheme_version(command: DraftSchemeVersion, act: Act, read: Reader) -> Fact:
    """A programme manager drafts a complete version, whose number is greater than the last."""
    _require_version(command, read)
    require.none_twice("steps", command.steps)
    if command.recognises and command.field_phase_months is None:
        raise Refused("malformed", field="field_phase_months", expected=FIELD_PHASE)
    return command.stated_as(facts.SchemeVersionDrafted)


def _draft_v1(command: DraftSchemeVersionV1, act: Act, read: Reader) -> Fact:
    _require_version(command, read)
    return command.stated_as(facts.SchemeVersionDraftedV1)


def _require_version(command: AnyDraft, read: Reader) -> None:
    scheme = require.scheme(command.scheme_id, read)
    last = max(scheme.drafts, key=_precedence, default=None)
    if last is not None and _precedence(command.version) <= _precedence(last):
        raise Refused("version-not-greater", version=command.version, last=last)
    _require_rubric(command)
    _require_plan(command)
    validity = command.validity_months
    if validity is not None and command.renewal_window_months >= validity:  # else renewals add up on one day
        expected = Words(f"fewer than the {validity} months of validity", f"moins que les {validity} mois de validité")
        raise Refused("malformed", field="renewal_window_months", expected=expected)


def approve_scheme_version(command: ApproveSchemeVersion, act: Act, read: Reader) -> Fact:
    """A director and a programme manager put a drafted version into force from a day on."""
    scheme = require.scheme(command.scheme_id, read)
    if command.version not in scheme.drafts:
        raise Refused("version-not-drafted", version=command.version)
    if command.version in scheme.approved:
        raise Refused("version-already-approved", version=command.version)
    return command.stated_as(facts.SchemeVersionApproved)


def _precedence(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _require_rubric(draft: AnyDraft) -> None:
    levels = [rubric.level for rubric in draft.levels]
    if len(levels) < 2 or levels != list(range(levels[0], levels[0] + len(levels))):
        raise Refused("malformed", field="levels", expected=CONSECUTIVE)
    for competency in draft.competencies:
        if competency.cut not in levels:
            raise Refused("malformed", field=f"competencies[{competency.id}].cut", expected=ON_RUBRIC)


def _require_plan(draft: AnyDraft) -> None:
    for field, rows in (
        ("criteria", draft.criteria),
        ("competencies", draft.competencies),
        ("activities", draft.activities),
    ):
        require.each_once(field, [row.id for row in rows])
    for activity in draft.activities:
        require.none_twice(f"activities[{activity.id}].competencies", activity.competencies)
    assessed = {competency for activity in draft.activities for competency in activity.competencies}
    known = {competency.id for competency in draft.competencies}
    if assessed != known:
        differing = ", ".join(sorted(assessed ^ known))
        expected = Words(
            f"each competency in at least one activity, and no other: {differing}",
            f"chaque compétence dans au moins une activité, et aucune autre : {differing}",
        )
        raise Refused("malformed", field="activities", expected=expected)


# fmt: off
SCHEME = Subject(
    kind="scheme",
    id_field="scheme_id",
    initial=lambda *_: Scheme(),
    evolve=evolve_scheme,
    commands=(
        command_type("establish-scheme", EstablishScheme, establish_scheme,
            EventType("scheme-established/v1", facts.SchemeEstablished, (Role.DIRECTOR,), "public",
                      Words("Certification scheme established", "Programme de certification établi"))),
        command_type("draft-scheme-version", DraftSchemeVersion, draft_scheme_version,
            EventType("scheme-version-drafted/v2", facts.SchemeVersionDrafted, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Scheme version drafted", "Version du programme rédigée"))),
        command_type("approve-scheme-version", ApproveSchemeVersion, approve_scheme_version,
            EventType("scheme-version-approved/v1", facts.SchemeVersionApproved,
                      (Role.DIRECTOR, Role.PROGRAMME_MANAGER), "public",
                      Words("Scheme version approved", "Version du programme approuvée"))),
    ),
    earlier=(
        command_type("draft-scheme-version/v1", DraftSchemeVersionV1, _draft_v1,
            EventType("scheme-version-drafted/v1", facts.SchemeVersionDraftedV1, (Role.PROGRAMME_MANAGER,),
                      "restricted", Words("Scheme version drafted", "Version du programme rédigée"))),
    ),
)
# fmt: on
