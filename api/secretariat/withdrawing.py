"""Who may withdraw a proposal: who filed it. What no officer filed, and what cannot be read, is the secretariat's."""

from api.secretariat.endings import COMMAND_LINE, FILERS, FILING, who
from api.secretariat.proposals import Trace
from api.secretariat.refusals import NotFiled
from ledger.domain.refusal import Refused
from ledger.reading import Draft


def require_may_withdraw(trace: Trace, by: str, read: Draft) -> None:
    """Require that ``by``, a person id or one of ``FILERS``, may withdraw it.

    Raises ``Refused``: to those who neither filed nor sign it, as if it were not there.
    """
    is_secretariat = by == COMMAND_LINE or bool(FILING & read.officer(by).roles)
    is_secretariats = trace.item is None or trace.filed_by in FILERS
    if by == trace.filed_by or (is_secretariat and is_secretariats):
        return
    if by == COMMAND_LINE or (trace.item is not None and by in trace.item.people):
        raise NotFiled("filed-by-another", number=trace.number, filer=who(trace.filed_by))
    raise Refused("unknown", kind="statement", id=trace.number)
