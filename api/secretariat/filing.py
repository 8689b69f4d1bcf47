"""Filing as an officer: what they sign themselves, or as a registrar or programme manager what others sign."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from api.lists.readers import is_own_case
from api.secretariat import requests
from api.secretariat.endings import FILING, LIFETIME
from api.secretariat.forthcoming import require_new
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, Waiting
from api.secretariat.refusals import NotFiled
from api.secretariat.requests import Request
from ledger.domain.dating import STATEMENT_LIFETIME
from ledger.domain.decisions.candidacy import DecideEligibility, sees_findings
from ledger.domain.decisions.office import AgreeToKey
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.domain.states.office import Officer
from ledger.domain.subjects import BY_COMMAND
from ledger.errors import LedgerError
from ledger.reading import Draft
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared


class NotTogether(Exception):
    """Nothing of what belongs together was filed: ``refusals`` says why, by the place of a statement."""

    def __init__(self, refusals: Mapping[int, Refused | LedgerError]) -> None:
        super().__init__(", ".join(f"{place}: {error}" for place, error in refusals.items()))
        self.refusals = refusals


def require_may_file(officer: Officer, proposal: Proposal, read: Draft) -> None:
    """Refuse an officer who neither signs the statement nor may file what others sign.

    What is filed is decided at once, and the answer tells of the record. So nobody files in a workshop for which they
    were nominated, and a member of the panel records findings before they learn, by a decision, what others found.
    """
    person, command = officer.person_id, proposal.command
    if all(signer.person != person for signer in proposal.signers) and not FILING & officer.roles:
        raise NotFiled("signer-not-named", person=person)
    if isinstance(command, AgreeToKey) and command.person_id != person:  # it would wait among many, for one gesture
        raise NotFiled("agreement-of-another", person=command.person_id)
    if not BY_COMMAND[type(command)].in_own_name and is_own_case(person, command.subject, read):
        raise Refused("officer-is-candidate", person=person)
    if isinstance(command, DecideEligibility) and Role.SELECTION_PANEL in officer.roles:
        candidacy = read.candidacy(command.candidacy_id)
        if candidacy.findings and not sees_findings(person, candidacy, read):
            raise NotFiled("findings-first")


def file(inbox: Inbox, officer: Officer, proposal: Proposal, key: str, body: bytes) -> tuple[Waiting, Prepared | None]:
    """File a statement under a key: sent again with the same body, it files nothing; then :meth:`Inbox.sync`.

    The statement is returned to its signers, and None to others. Raises ``Refused`` and ``Conflict`` as
    :meth:`Inbox.propose` does.
    """
    require_may_file(officer, proposal, inbox.read())
    person = officer.person_id
    item, prepared = inbox.propose(proposal, f"officer {person}", Request.of(person, key, body))
    return item, prepared if person in item.people else None


def file_together(
    inbox: Inbox, ledger: Ledger, officer: Officer, make: Callable[[], Sequence[Proposal]], key: str, body: bytes
) -> list[int]:
    """File statements that belong together, all or none, each decided on top of those before it; return their numbers.

    ``make`` makes them; it is not called for a key and body that came before, which file nothing again. Raises
    ``NotTogether`` with each refusal, and ``Conflict`` when the key came with another body before.
    """

    def allowed() -> Sequence[Proposal]:
        proposals, read = make(), ledger.read()
        for proposal in proposals:
            require_may_file(officer, proposal, read)
        return proposals

    person = officer.person_id
    return file_once(inbox, ledger, Filer(person, f"officer {person}", person), allowed, key, body)


class Filer(NamedTuple):
    """Who sends a form, the source of what they file, and who files it: a person id, or one of ``FILERS``."""

    sender: str
    source: str
    by: str


def file_once(
    inbox: Inbox, ledger: Ledger, filer: Filer, make: Callable[[], Sequence[Proposal]], key: str, body: bytes
) -> list[int]:
    """File as :func:`file_together` does, for whoever may: the caller knows."""
    person, now = filer.sender, int(ledger.now().timestamp())
    with inbox.desk.transaction():
        if before := list(_filed_before(inbox, person, key, body, now)):
            return before
        proposals = make()
        _require_allowed(inbox, ledger, proposals, now)
        numbers = inbox.file(proposals, filer.source, by=filer.by)
        until = now + int(STATEMENT_LIFETIME.total_seconds())
        for place, number in enumerate(numbers):
            requests.remember(inbox.desk, _request(person, key, place, body), number, until)
    return numbers


def _require_allowed(inbox: Inbox, ledger: Ledger, proposals: Sequence[Proposal], now: int) -> None:
    draft = ledger.read([disclosure for proposal in proposals for disclosure in proposal.disclosures])
    waiting, since = inbox.waiting(), now - int(LIFETIME.total_seconds())
    refusals: dict[int, Refused | LedgerError] = {}
    for place, proposal in enumerate(proposals):
        try:
            prepared = ledger.prepare(proposal.command, proposal.signers, proposal.disclosures, draft)
            if inbox.desk.resemblances(proposal, since):
                require_new(proposal, ledger, waiting)
        except (Refused, LedgerError) as error:
            refusals[place] = error
        else:
            draft.add(prepared.event)
    if refusals:
        raise NotTogether(refusals)


def _filed_before(inbox: Inbox, person: str, key: str, body: bytes, now: int) -> Iterator[int]:
    place = 0
    while (number := requests.filed_by(inbox.desk, _request(person, key, place, body), now)) is not None:
        yield number
        place += 1


def _request(person: str, key: str, place: int, body: bytes) -> Request:
    return Request.of(person, f"{key}/{place}", body)
