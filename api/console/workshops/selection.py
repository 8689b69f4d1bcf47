"""The selection of candidates as a grid: a finding on each criterion by one panel member, which a second one signs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from api.console.workshops.standing import Candidate, Workshop
from api.console.workshops.waiting import of_candidates, unsigned
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, proposal
from ledger.disclosures import Disclosure
from ledger.domain.decisions.candidacy import DecideEligibility
from ledger.store.vault import Vault
from ledger.words import Words

COMMAND = "decide-eligibility"
FINDINGS = {"met": True, "not-met": False}
WHOLE = Words("Choose a finding on every criterion.", "Indiquez un constat pour chaque critère.")


class Row(NamedTuple):
    """A candidate in the grid. ``findings`` by criterion are those that wait, or are recorded; None of one to decide.

    ``number`` is that of what waits, and ``first`` the panel members who have signed it or filed it.
    """

    candidate: Candidate
    details: Mapping[str, Any]
    findings: Mapping[str, bool] | None
    number: int | None = None
    is_mine: bool = False
    first: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


class Entered(NamedTuple):
    """What was entered in the grid: the proposals' arguments by candidacy, and what is wrong, by candidacy."""

    findings: dict[str, list[dict[str, Any]]]
    errors: dict[str, Words]


def grid(workshop: Workshop, inbox: Inbox, vault: Vault, person: str) -> list[Row]:
    """Return the candidates with what is found on them; whose decision is recorded come last."""
    waiting, held = of_candidates(inbox, workshop, COMMAND), _held(workshop, vault)
    rows: list[Row] = []
    for one in workshop.candidates:
        details = {d.name: held[d.digest] for d in one.candidacy.nominated.details if d.digest in held}
        item = waiting.get(one.id)
        if item is None:
            rows.append(Row(one, details, None))
            continue
        command = item.proposal.command
        assert isinstance(command, DecideEligibility)
        missing = [signer.person for signer in unsigned(item)]
        first = [p for p in item.people if p not in missing or p == item.filed_by]
        rows.append(
            Row(
                one,
                details,
                {finding.criterion: finding.met for finding in command.findings},
                item.number,
                person in missing,
                tuple(sorted(workshop.names[p] for p in first)),
                tuple(workshop.names[p] for p in missing),
            )
        )
    return sorted(rows, key=lambda row: row.candidate.candidacy.eligible is not None or row.candidate.candidacy.ended)


def entered(form: Mapping[str, str], workshop: Workshop) -> Entered:
    """Read the grid: a candidate of whom nothing was entered is left for later."""
    found, errors = dict[str, list[dict[str, Any]]](), dict[str, Words]()
    for one in workshop.candidates:
        given = {c.id: form.get(f"finding.{one.id}.{c.id}", "") for c in workshop.version.criteria}
        if not any(given.values()):
            continue
        if not all(text in FINDINGS for text in given.values()):
            errors[one.id] = WHOLE
        found[one.id] = [{"criterion": c, "met": FINDINGS.get(text)} for c, text in given.items()]
    return Entered(found, errors)


def proposals(findings: Mapping[str, list[dict[str, Any]]], people: Sequence[str]) -> list[Proposal]:
    """Return a decision on each candidate, for two panel members to sign."""
    return [proposal(COMMAND, *people, candidacy_id=one, findings=rows) for one, rows in findings.items()]


def _held(workshop: Workshop, vault: Vault) -> dict[str, Any]:
    """Return what the nominations say, so far as it is held, by digest."""
    digests = [detail.digest for one in workshop.candidates for detail in one.candidacy.nominated.details]
    found = {digest: Disclosure.of_vault(row.encoded) for digest, row in vault.held(digests).items()}
    return {digest: disclosure.value for digest, disclosure in found.items() if disclosure is not None}
