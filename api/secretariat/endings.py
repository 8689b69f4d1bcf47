"""How a proposal ends without being recorded, and the trace that it leaves: how, when, by whom and why.

What was proposed stays without its personal values. The reason may name people: it is removed when the person
concerned is erased, and in any case after as long as a proposal may wait.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from ledger.domain.form import line
from ledger.domain.record import Role
from ledger.words import Words

# Half a year: a workshop takes months from the nominations to the decisions. Personal values that nobody has signed for
# by then are not kept any longer.
LIFETIME = timedelta(days=180)

COMMAND_LINE, REGISTER = "command line", "register"  # who filed or ended it, if not an officer, whose id has no space
HOLDER, CONTACT_POINT = "certified advisor", "contact point"  # whose own page filed it; the source says for whom
FILERS = {
    COMMAND_LINE: Words("the secretariat (command line)", "le secrétariat (ligne de commande)"),
    REGISTER: Words("the register", "le registre"),
    HOLDER: Words("the certified advisor (own page)", "le titulaire de la certification (sa page)"),
    CONTACT_POINT: Words("the administration’s contact point", "le point de contact de l’administration"),
}
FILING = {Role.REGISTRAR, Role.PROGRAMME_MANAGER}  # who may file what others sign, and withdraw what no officer filed

REASON = line(500)


class How(StrEnum):
    """Why a proposal no longer waits, and is not recorded."""

    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    EXPIRED = "expired"
    TAKEN_BACK = "taken-back"


IN_WORDS = {
    How.WITHDRAWN: Words("was withdrawn", "a été retirée"),
    How.REFUSED: Words("was refused", "a été refusée"),
    How.EXPIRED: Words("expired", "a expiré"),
    How.TAKEN_BACK: Words("was taken back with its import", "a été annulée avec son import"),
}


class Ending(msgspec.Struct, frozen=True):
    """``by`` is a person id, or one of ``FILERS``."""

    how: How
    at: datetime
    by: str
    reason: str | None = None


def who(filer: str) -> Words:
    """Return who filed or ended a proposal, in words."""
    return FILERS.get(filer, Words(filer, filer))
