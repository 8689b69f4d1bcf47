"""The selection of candidates as a grid: what each member of the panel finds on each criterion, and the decision.

A member sees what others found once their own findings are in. Two members decide, with or without such findings.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from api.console.application import Visitor
from api.console.forms.reading import expected_words
from api.console.workshops.standing import Candidate, Workshop
from api.console.workshops.waiting import of_candidates, unsigned
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from api.secretariat.proposals import Proposal, Waiting, proposal
from api.words.record import Record
from ledger.disclosures import Disclosure
from ledger.domain.decisions import require
from ledger.domain.decisions.candidacy import (
    DecideEligibility,
    RecordFindings,
    counting_findings,
    sees_findings,
)
from ledger.domain.events.candidacy import CriterionFinding
from ledger.domain.events.common import Digest
from ledger.domain.form import SEALED_FORMS
from ledger.domain.record import Role
from ledger.reading import Draft
from ledger.store.vault import Vault
from ledger.words import Words

RECORD, DECIDE = "record-findings", "decide-eligibility"
_REASON = SEALED_FORMS["reason"]
FINDINGS = {"met": True, "not-met": False}
WHOLE = Words("Choose a finding on every criterion.", "Indiquez un constat pour chaque critère.")


class Found(NamedTuple):
    """What one member found, or two decided: whether each criterion is met, and the reason so far as it is held."""

    by: tuple[str, ...]
    met: Mapping[str, bool]
    reason: str

    @property
    def is_selected(self) -> bool:
        return all(self.met.values())


class Row(NamedTuple):
    """A candidate in the grid.

    ``found`` is what the visitor sees of the members' findings, ``unseen`` whose findings they do not see yet, and
    ``missing`` whose are not in. ``decision`` is recorded, or waits under ``number`` for ``awaited``. The visitor may
    have findings to record, ``is_asked``, or to sign, under ``own``.
    """

    candidate: Candidate
    details: Mapping[str, Any]
    found: tuple[Found, ...]
    unseen: tuple[str, ...]
    missing: tuple[str, ...]
    decision: Found | None = None
    number: int | None = None
    is_mine: bool = False
    awaited: tuple[str, ...] = ()
    is_asked: bool = False
    own: int | None = None

    @property
    def differing(self) -> list[str]:
        """The criteria on which the findings that are seen differ."""
        return [criterion for criterion in self.agreed if self.agreed[criterion] is None]

    @property
    def agreed(self) -> dict[str, bool | None]:
        """What all found, of the findings that are seen; None where they differ."""
        on = {criterion: {one.met[criterion] for one in self.found} for one in self.found for criterion in one.met}
        return {criterion: min(met) if len(met) == 1 else None for criterion, met in on.items()}


class Entered(NamedTuple):
    """What was entered in the grid: the arguments of proposals by candidacy, and what is wrong, by candidacy."""

    arguments: dict[str, dict[str, Any]]
    errors: dict[str, Words]


def grid(workshop: Workshop, record: Record, office: Office, visitor: Visitor) -> list[Row]:
    """Return the candidates with what is found on them, as a visitor sees it."""
    of = _Grid(workshop, record, office, visitor)
    return [of.row(one) for one in workshop.candidates]


class _Grid:
    def __init__(self, workshop: Workshop, record: Record, office: Office, visitor: Visitor) -> None:
        self._workshop, self._person = workshop, visitor.person
        self._is_member = Role.SELECTION_PANEL in visitor.roles
        self._waiting = of_candidates(office.inbox, workshop, DECIDE)
        self._own = _own(office.inbox, visitor.person)
        holders = record.holders(Role.SELECTION_PANEL)
        self._panel = [one for one in holders if not require.is_candidate(one, workshop.id, workshop.read)]
        self._value = _values(workshop, office.ledger.vault)

    def row(self, one: Candidate) -> Row:
        candidacy, names, read = one.candidacy, self._workshop.names, self._workshop.read
        details = {d.name: self._value(d) for d in candidacy.nominated.details}
        counting = counting_findings(candidacy, read)
        sees = not self._is_member or sees_findings(self._person, candidacy, read)
        missing = [each for each in self._panel if not read.is_among(each, candidacy.findings)]
        row = Row(
            one,
            {name: value for name, value in details.items() if value is not None},
            tuple(self._found((names[m],), each.findings, each.reason) for m, each in counting.items()) if sees else (),
            () if sees else tuple(names[member] for member in counting),
            tuple(names[each] for each in missing) if candidacy.undecided else (),
            own=self._own.get(one.id),
        )
        if candidacy.selection is not None:
            by = tuple(names[each] for each in candidacy.selection.by)
            return row._replace(decision=self._found(by, candidacy.selection.findings, candidacy.selection.reason))
        item = self._waiting.get(one.id)
        if item is not None:
            row = self._awaiting(row, item, sees or self._person in (*item.people, item.filed_by))
        is_asked = candidacy.undecided and self._is_member and self._person in missing
        return row._replace(is_asked=is_asked and row.own is None)

    def _awaiting(self, row: Row, item: Waiting, sees: bool) -> Row:
        command, names = item.proposal.command, self._workshop.names
        assert isinstance(command, DecideEligibility)
        missing = [signer.person for signer in unsigned(item)]
        first = [p for p in item.people if p not in missing or p == item.filed_by]
        reason = "".join(str(each.value) for each in item.proposal.disclosures)
        found = Found(tuple(sorted(names[p] for p in first)), _met(command.findings), reason)
        return row._replace(
            decision=found if sees else None,
            number=item.number,
            is_mine=self._person in missing,
            awaited=tuple(names[p] for p in missing),
        )

    def _found(self, by: tuple[str, ...], findings: Iterable[CriterionFinding], reason: Digest | None) -> Found:
        return Found(by, _met(findings), "" if reason is None else self._value(reason) or "")


def missing(office: Office, person: str) -> list[tuple[str, int]]:
    """Return in which open workshops, and on how many candidates, a member of the panel has to record findings."""
    own, read = _own(office.inbox, person), office.ledger.read()
    found = [(one, len(_to_find(one, person, own, read))) for one in office.ledger.ids_of("session")]
    return [(session_id, count) for session_id, count in found if count]


def to_find(office: Office, visitor: Visitor, session_id: str) -> list[str]:
    """Return on which candidates of a workshop whoever looks has to record findings: none but for the panel."""
    if Role.SELECTION_PANEL not in visitor.roles:
        return []
    return _to_find(session_id, visitor.person, _own(office.inbox, visitor.person), office.ledger.read())


def _to_find(session_id: str, person: str, own: Mapping[str, int], read: Draft) -> list[str]:
    if read.session(session_id).closed or require.is_candidate(person, session_id, read):
        return []
    undecided = [one for one in read.candidacies_in(session_id) if one.undecided and one.candidacy_id not in own]
    return [one.candidacy_id for one in undecided if not read.is_among(person, one.findings)]


def entered(form: Mapping[str, str], workshop: Workshop, command: str) -> Entered:
    """Read the inputs for a command: a candidate of whom nothing was entered is left for later."""
    found, errors = dict[str, dict[str, Any]](), dict[str, Words]()
    for one in workshop.candidates:
        given = {c.id: form.get(f"{command}.{one.id}.{c.id}", "") for c in workshop.version.criteria}
        reason = form.get(f"{command}-reason.{one.id}", "").replace("\r\n", "\n").strip()
        if f"{command}-later.{one.id}" in form or not (any(given.values()) or reason):
            continue
        if not all(text in FINDINGS for text in given.values()):
            errors[one.id] = WHOLE
        elif reason and not _REASON.fits(reason):
            errors[one.id] = expected_words(_REASON.expected)
        found[one.id] = {
            "findings": [{"criterion": c, "met": FINDINGS.get(text)} for c, text in given.items()],
            "reason": {"name": "reason", "value": reason} if reason else None,
        }
    return Entered(found, errors)


def proposals(command: str, arguments: Mapping[str, dict[str, Any]], people: Sequence[str]) -> list[Proposal]:
    """Return findings of a member, or a decision of two, on each candidate."""
    return [proposal(command, *people, candidacy_id=one, **of_it) for one, of_it in arguments.items()]


def _own(inbox: Inbox, person: str) -> dict[str, int]:
    """Return which findings a member has filed and not signed yet: the number of each, by candidacy."""
    commands = [(item.number, item.proposal.command) for item in inbox.waiting(person)]
    return {command.candidacy_id: number for number, command in commands if isinstance(command, RecordFindings)}


def _met(findings: Iterable[CriterionFinding]) -> dict[str, bool]:
    return {finding.criterion: finding.met for finding in findings}


def _values(workshop: Workshop, vault: Vault) -> Callable[[Digest], Any]:
    """Return what nominations and findings say behind a digest; None of what is not held."""
    digests: list[Digest] = []
    for one in workshop.candidates:
        digests += one.candidacy.nominated.details
        reasons = [found.reason for found in one.candidacy.findings.values()]
        reasons += [] if one.candidacy.selection is None else [one.candidacy.selection.reason]
        digests += [reason for reason in reasons if reason is not None]
    held = vault.held([digest.digest for digest in digests])
    found = {digest: Disclosure.of_vault(row.encoded) for digest, row in held.items()}
    values = {digest: disclosure.value for digest, disclosure in found.items() if disclosure is not None}
    return lambda digest: values.get(digest.digest)
