"""The scope of a certification in force: reduced, and extended again by what was assessed since (ISO/IEC 17024, 9.5).

A grant covers every competency of the version of the scheme, so a reduction always comes first. The ledger does
not hold the assessment behind an extension. It requires its evidence, and a date after the reduction.
"""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Literal

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CertificationCommand
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import certification as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.scope import taken_out_on
from ledger.domain.states.certification import Certification
from ledger.words import Words


class ReduceScope(CertificationCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "reduction_reason"}
    removed: tuple[str, ...]
    effective_from: date
    reason_code: Digest
    reason: Digest | None = None


class ExtendScope(CertificationCommand, frozen=True, kw_only=True):
    added: tuple[str, ...]
    assessed_on: date
    effective_from: date
    evidence: Digest


class ReduceScopeV1(CertificationCommand, frozen=True, kw_only=True):
    removed: tuple[str, ...]
    effective_from: date
    reason_code: Literal["competence-lost", "terms-not-met", "requested-by-holder", "other"]
    reason: Digest | None = None


def reduce_scope(command: ReduceScope, act: Act, read: Reader) -> Fact:
    """Two of the decision authority take competencies out of the scope; at least one remains."""
    _require_to_reduce(command, act, read)
    return command.stated_as(facts.ScopeReduced)


def extend_scope(command: ExtendScope, act: Act, read: Reader) -> Fact:
    """Two of the decision authority take competencies back into the scope, once they were assessed again."""
    certification, grant = _to_decide(command.certification_id, command.effective_from, act, read)
    require.each_once("added", command.added)
    version = read.scheme(grant.scheme_id).drafts[grant.scheme_version]
    scope, added = certification.scopes[-1][1], frozenset(command.added)
    _require_none("not-in-scheme", added - {c.id for c in version.competencies}, version=grant.scheme_version)
    _require_none("already-in-scope", added & scope)
    if command.assessed_on > act.day:
        raise Refused("in-the-future", field="assessed_on")
    out = max(taken_out_on(certification.scopes, competency) for competency in added)
    if command.assessed_on < out:
        raise Refused("assessed-too-early", date=out)
    if command.effective_from < command.assessed_on:
        raise Refused("effective-too-early", date=command.assessed_on)
    return command.stated_as(facts.ScopeExtended)


def _reduce_v1(command: ReduceScopeV1, act: Act, read: Reader) -> Fact:
    _require_to_reduce(command, act, read)
    return command.stated_as(facts.ScopeReducedV1)


def _require_to_reduce(command: ReduceScope | ReduceScopeV1, act: Act, read: Reader) -> None:
    certification, _ = _to_decide(command.certification_id, command.effective_from, act, read)
    require.each_once("removed", command.removed)
    scope, removed = certification.scopes[-1][1], frozenset(command.removed)
    _require_none("not-in-scope", removed - scope)
    if removed == scope:
        raise Refused("nothing-remains")


def _to_decide(
    certification_id: str, effective_from: date, act: Act, read: Reader
) -> tuple[Certification, facts.CertificationGranted]:
    """A certification in force or suspended. A change of scope takes effect no earlier than the last one."""
    certification, grant = require.decidable(certification_id, act, read)
    require.not_expired(certification, act.day)
    require.in_force(certification, effective_from)
    last_change = certification.scopes[-1][0]
    if effective_from < last_change:
        raise Refused("effective-too-early", date=last_change)
    return certification, grant


def _require_none(code: str, competencies: Collection[str], **fields: object) -> None:
    if competencies:
        raise Refused(code, competencies=", ".join(sorted(competencies)), **fields)


# fmt: off
COMMANDS = (
    command_type("reduce-scope", ReduceScope, reduce_scope,
        EventType("scope-reduced/v2", facts.ScopeReduced, (Role.DECISION_AUTHORITY,) * 2, "public",
                  Words("Scope reduced", "Portée réduite"))),
    command_type("extend-scope", ExtendScope, extend_scope,
        EventType("scope-extended/v1", facts.ScopeExtended, (Role.DECISION_AUTHORITY,) * 2, "public",
                  Words("Scope extended", "Portée étendue"))),
)
EARLIER = (
    command_type("reduce-scope/v1", ReduceScopeV1, _reduce_v1,
        EventType("scope-reduced/v1", facts.ScopeReducedV1, (Role.DECISION_AUTHORITY,) * 2, "public",
                  Words("Scope reduced", "Portée réduite"))),
)
# fmt: on
