"""What an audit says of the passkeys that an entry enrols, besides what the rules decide again."""

from ledger.domain.decisions.office import require_credentials
from ledger.domain.events.office import AnyFounding, credentials_of
from ledger.domain.reader import Reader
from ledger.domain.record import Fact
from ledger.domain.refusal import Refused
from ledger.signing.passkeys import ALGORITHMS


def wrong_with(facts: Fact, read: Reader) -> tuple[str, str] | None:
    """Return the code of what is wrong, and what to say; None when nothing is.

    Which passkey an algorithm of a later version makes can not be read here. A founding, which no command leads to, may
    say no more of its founders' passkeys than their authenticators did.
    """
    for credential in credentials_of(facts):
        if credential.algorithm not in ALGORITHMS:
            return "passkey-algorithm", f"a passkey of the algorithm {credential.algorithm!r}"
    if isinstance(facts, AnyFounding):
        try:
            require_credentials(facts, read)
        except Refused as refused:
            return "fact-differs", str(refused)
    return None
