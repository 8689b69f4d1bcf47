"""Filing as an officer: what they sign themselves, or as a registrar or programme manager what others sign."""

from api.secretariat.endings import FILING
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, Waiting
from api.secretariat.refusals import NotFiled
from api.secretariat.requests import Request
from ledger.domain.states.office import Officer
from ledger.store.submission import Prepared


def require_may_file(officer: Officer, proposal: Proposal) -> None:
    """Refuse an officer who neither signs the statement nor may file what others sign."""
    person = officer.person_id
    if all(signer.person != person for signer in proposal.signers) and not FILING & officer.roles:
        raise NotFiled("signer-not-named", person=person)


def file(inbox: Inbox, officer: Officer, proposal: Proposal, key: str, body: bytes) -> tuple[Waiting, Prepared | None]:
    """File a statement under a key: sent again with the same body, it files nothing; then :meth:`Inbox.sync`.

    The statement is returned to its signers, and None to others. Raises ``Refused`` and ``Conflict`` as
    :meth:`Inbox.propose` does.
    """
    require_may_file(officer, proposal)
    person = officer.person_id
    item, prepared = inbox.propose(proposal, f"officer {person}", Request.of(person, key, body))
    return item, prepared if person in item.people else None
