"""Whom a proposal concerns, whichever of their ids it names: who filed or signs it, and who may withdraw it."""

from api.secretariat.endings import COMMAND_LINE, FILERS, FILING, who
from api.secretariat.proposals import Trace, Waiting
from api.secretariat.refusals import NotFiled
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused


def filed_it(proposal: Trace | Waiting, by: str, read: Reader) -> bool:
    """Whether it was filed by ``by``, a person id or one of ``FILERS``."""
    filer = proposal.filed_by
    return filer == by or (not {filer, by} & FILERS.keys() and read.one(filer) == read.one(by))


def concerns(proposal: Trace | Waiting, person: str, read: Reader) -> bool:
    """Whether this person filed it, or is to sign it or has signed it."""
    item = proposal.item if isinstance(proposal, Trace) else proposal
    return filed_it(proposal, person, read) or (item is not None and read.is_among(person, item.people))


def require_may_withdraw(trace: Trace, by: str, read: Reader) -> None:
    """Require that ``by`` may withdraw it: they filed it, or are the secretariat, and no officer filed it.

    Raises ``Refused``: to those who neither filed nor sign it, as if it were not there.
    """
    is_secretariat = by == COMMAND_LINE or bool(FILING & read.officer(by).roles)
    is_secretariats = trace.item is None or trace.filed_by in FILERS
    if filed_it(trace, by, read) or (is_secretariat and is_secretariats):
        return
    if by == COMMAND_LINE or concerns(trace, by, read):
        raise NotFiled("filed-by-another", number=trace.number, filer=who(trace.filed_by))
    raise Refused("unknown", kind="statement", id=trace.number)
