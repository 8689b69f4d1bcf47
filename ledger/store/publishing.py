"""What the public is shown of the log: checkpoints with every signature that the trust root asks for.

The log signs a checkpoint after each commit. Of these it publishes the latest, with its ML-DSA-44 signature
if it has that key; where the policy asks for witnesses, only once a quorum has cosigned it. Until then the
one before stays the latest: nothing counts in public that other people could not hold the log to. A published
checkpoint that says when it was signed is signed again every hour: who asks sees that the log still answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from ledger.errors import Conflict, Unverifiable
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.policy import Policy
from ledger.signing.note import Note
from ledger.signing.post_quantum import MlDsaKey
from ledger.store.recorder import LedgerRecorder
from ledger.trust import TrustRoot

ML_DSA_KEY = "log-ml-dsa.key"
SIGNED_AGAIN = timedelta(hours=1)
NOTES = 8  # of which it is remembered that their signatures hold


class Publications:
    """Publishes the checkpoints of one log. Safe for threads, and beside other processes on the same file."""

    def __init__(self, folder: Path, log: LedgerRecorder, trust: TrustRoot, now: Callable[[], datetime]) -> None:
        self.policy: Policy = trust.witnesses
        self._log = log
        self._trust = trust
        self._now = now
        self._opened = lru_cache(NOTES)(trust.opened)
        self._signed_at = lru_cache(NOTES)(trust.signed_at)
        self._cosigner = (
            None if trust.ml_dsa_key is None else Cosigner(trust.origin, MlDsaKey.load(folder / ML_DSA_KEY))
        )

    @property
    def size(self) -> int:
        """How many entries are public; 0 while none are."""
        if not self.policy.asks:
            return self._log.size()
        latest = self._log.latest_published()
        return 0 if latest is None else latest[0]

    def latest(self) -> tuple[str, Checkpoint]:
        """The latest published checkpoint as a note, and what it says. Raises ``Conflict`` while there is none."""
        if not self.policy.asks:
            unpublished = self.candidate()
            if unpublished is not None:
                self.publish(unpublished)
        latest = self._log.latest_published()
        if latest is None:
            raise Conflict("not-witnessed", "nothing is published yet: the log waits for its witnesses")
        return latest[1], self._opened(latest[1])

    def candidate(self) -> Note | None:
        """The latest checkpoint as the log signs it for the public; None when it is published already, and recently."""
        signed, latest = self._log.latest_checkpoint(), self._log.latest_published()
        assert signed is not None  # signed when the ledger was opened
        if latest is not None and latest[0] >= signed[0] and not self._is_old(latest[1]):
            return None
        note = Note.parse(signed[1])
        if self._cosigner is None:
            return note
        checkpoint = open_checkpoint(signed[1], self._trust.verifier_key)
        return note.signed_too(self._cosigner.cosign(checkpoint, int(self._now().timestamp())))

    def _is_old(self, note: str) -> bool:
        signed_at = self._signed_at(note)
        return signed_at is not None and signed_at + SIGNED_AGAIN <= self._now()

    def publish(self, note: Note) -> None:
        """Publish a candidate. Raises ``Unverifiable`` when a signature or a witness is missing."""
        text = str(note)
        checkpoint = self._trust.opened(text)
        self.policy.require(text)
        if checkpoint.root != self._log.root_at(checkpoint.size):
            raise Unverifiable("checkpoint-root", "the checkpoint is of another tree")
        self._log.store_published(checkpoint.size, text)
