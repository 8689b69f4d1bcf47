"""Cosignatures: a line on a checkpoint's note that says when somebody saw it (c2sp.org/tlog-cosignature).

A witness cosigns only a checkpoint that continues every one it has cosigned before.
"""

from datetime import UTC, datetime

import msgspec

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.signing.keys import MlDsaKey, SigningKey, verify_ed25519, verify_ml_dsa
from ledger.signing.note import COSIGNATURE, ML_DSA_44, Note, NoteSignature, VerifierKey

KINDS = (COSIGNATURE, ML_DSA_44)
TIME_BYTES = 8


class Cosigner(msgspec.Struct, frozen=True):
    """Cosigns under ``name``, with a key of either kind."""

    name: str
    key: SigningKey | MlDsaKey

    @property
    def verifier_key(self) -> VerifierKey:
        kind = COSIGNATURE if isinstance(self.key, SigningKey) else ML_DSA_44
        return VerifierKey(self.name, self.key.public, kind)

    def cosign(self, checkpoint: Checkpoint, time: int) -> NoteSignature:
        """The line that says: seen at ``time`` (Unix seconds)."""
        public = self.verifier_key
        signature = self.key.sign(_message(public, checkpoint, time))
        return NoteSignature(self.name, public.hint, time.to_bytes(TIME_BYTES, "big") + signature)


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """When ``key`` last cosigned this checkpoint, or None. Raises as :func:`cosignature_times`."""
    return max(cosignature_times(note, key), default=None)


def cosignature_times(note: Note, key: VerifierKey) -> list[int]:
    """Each time (Unix seconds) at which ``key`` cosigned. Raises ``Unverifiable`` when a line of it does not hold."""
    signatures = note.signatures_of(key)
    if not signatures:
        return []
    checkpoint = Checkpoint.parse(note.text)
    return [_verified(signature.blob, key, checkpoint) for signature in signatures]


def moment(time: int) -> datetime:
    """Unix seconds as aware UTC. Raises ``Unverifiable`` when no calendar has that time."""
    try:
        return datetime.fromtimestamp(time, UTC)
    except (OverflowError, ValueError, OSError):
        raise Unverifiable("note-signature-invalid", "a cosignature says an impossible time") from None


def _verified(blob: bytes, key: VerifierKey, checkpoint: Checkpoint) -> int:
    time, signature = int.from_bytes(blob[:TIME_BYTES], "big"), blob[TIME_BYTES:]
    holds = verify_ml_dsa if key.kind == ML_DSA_44 else verify_ed25519
    if not holds(key.public, _message(key, checkpoint, time), signature):
        raise Unverifiable("note-signature-invalid", f"the cosignature of {key.name} does not hold")
    return time


def _message(key: VerifierKey, checkpoint: Checkpoint, time: int) -> bytes:
    if key.kind == COSIGNATURE:
        return f"cosignature/v1\ntime {time}\n{checkpoint}".encode()
    # The whole tree is the subtree from leaf 0 to its size.
    return b"".join(
        (
            b"subtree/v1\n\0",
            _short(key.name),
            time.to_bytes(TIME_BYTES, "big"),
            _short(checkpoint.origin),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _short(text: str) -> bytes:
    """The text after its length in one byte."""
    encoded = text.encode()
    return len(encoded).to_bytes(1, "big") + encoded
