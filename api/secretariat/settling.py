"""What belongs to recording a statement, in the transaction that appends it: its proposal waits no longer."""

from collections.abc import Callable

from api.secretariat.desk import DeskTables
from api.secretariat.endings import REGISTER
from api.secretariat.erasing import forget_erased
from api.secretariat.proposals import Proposal, Waiting
from ledger.domain.decisions.certification import DecideCertification, IssueCertificate
from ledger.domain.decisions.field_phase import DecideFieldPhase
from ledger.domain.decisions.persons import ErasePersonalData
from ledger.domain.events.certification import CertificationGranted, FieldPhasePassed
from ledger.domain.record import Role, Signer
from ledger.domain.subjects import BY_FACT
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt

GRANTED = (BY_FACT[CertificationGranted].wire_name, BY_FACT[FieldPhasePassed].wire_name)


def settlement(desk: DeskTables, ledger: Ledger, item: Waiting) -> Callable[[Receipt], None]:
    """Return what notes where a statement is recorded, removes its values, and files the next step.

    It reads the record now, not when it is called: while a statement is appended, the record is not read.
    """
    command, read, erased = item.proposal.command, None, tuple[str, ...]()
    if isinstance(command, ErasePersonalData):
        read = ledger.read()
        erased = read.ids_of(command.person_id)
    following = _issue(command, ledger) if isinstance(command, DecideCertification | DecideFieldPhase) else []

    def settle(receipt: Receipt) -> None:
        def then(is_new: bool) -> None:
            if is_new and receipt.wire_name in GRANTED:
                desk.insert(following, item.source, int(ledger.now().timestamp()), REGISTER)
            if read is not None:
                forget_erased(desk, read, erased)

        desk.settle(item.number, receipt.index, then)

    return settle


def _issue(command: DecideCertification | DecideFieldPhase, ledger: Ledger) -> list[Proposal]:
    """Return the issue of the certificate, for a registrar other than the holder, if there is one."""
    issue, read = IssueCertificate(certification_id=command.subject.id), ledger.read()
    holder = read.one(read.candidate(issue.certification_id) or "")
    registrars = [person for person in ledger.holders(Role.REGISTRAR) if read.one(person) != holder]
    return [Proposal(issue, (Signer(person, Role.REGISTRAR),)) for person in registrars[:1]]
