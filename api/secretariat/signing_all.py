"""Signing whatever waits, where the officers are at hand with their keys: in demonstrations and tests."""

from collections.abc import Mapping

from api.secretariat.inbox import Inbox
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.signing.keys import SigningKey
from ledger.store.submission import Receipt


def sign_all(inbox: Inbox, keys: Mapping[str, SigningKey]) -> list[Receipt]:
    """Sign whatever is ready with these keys, by person id, until nothing more is; return the receipts."""
    receipts: list[Receipt] = []
    moved = True
    while moved:
        moved = False
        for waiting in inbox.waiting():
            for signer in waiting.proposal.signers:
                if signer.person not in keys or (signer.person in waiting.signatures and not waiting.is_complete):
                    continue
                try:
                    added = inbox.sign(waiting.number, signer.person, keys[signer.person])
                except (Refused, LedgerError):
                    break  # not ready yet; what comes before it may make it so
                moved = True
                if isinstance(added, Receipt):
                    receipts.append(added)
                    break
    return receipts
