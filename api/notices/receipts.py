"""Receipts by e-mail of what an officer signed with a passkey: whoever signs in another's name is noticed by them.

They are made from the log, not from the pages at which somebody signed: a page that lies cannot leave one out.
"""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256

from api.notices.kinds import Kind, Wanted
from ledger.errors import Unverifiable
from ledger.signing.envelope import open_envelope
from ledger.signing.passkeys import PasskeySignature
from ledger.signing.statement import SignedEvent, match_signatures


def receipts(signed: Iterable[tuple[int, SignedEvent]]) -> list[Wanted]:
    """Return the receipts of some entries of the log, by their leaves: one for each gesture of a person."""
    leaves: dict[tuple[str, str], list[int]] = {}
    for leaf, entry in signed:
        for signer, signature in match_signatures(open_envelope(entry.envelope), entry.event):
            with suppress(Unverifiable):  # of a key file
                leaves.setdefault((signer.person, _gesture(signature.sig)), []).append(leaf)
    return [
        Wanted(Kind.RECEIPT, person, gesture, " ".join(map(str, found))) for (person, gesture), found in leaves.items()
    ]


def _gesture(sig: bytes) -> str:
    """Return what is the same in the signatures of one gesture. Raises ``Unverifiable`` for that of no passkey."""
    made = PasskeySignature.parse(sig)
    return sha256(made.authenticator_data + made.client_data + made.signature).hexdigest()
