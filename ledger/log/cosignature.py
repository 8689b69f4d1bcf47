"""Cosignatures: a line on a checkpoint's note that says when somebody saw it (c2sp.org/tlog-cosignature).

A witness cosigns only a checkpoint that continues every one it has cosigned before.
"""

from datetime import UTC, datetime

import msgspec

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.signing.keys import MlDsaKey, SigningKey, verify_ed25519, verify_ml_dsa
from ledger.signing.note import (
    COSIGNATURE,
    ED25519,
    ML_DSA_44,
    Note,
    NoteSignature,
    VerifierKey,
    is_key_name,
    signatures_by,
)

KINDS = (COSIGNATURE, ML_DSA_44)
LOG_KINDS = (ED25519, ML_DSA_44)  # by which logs sign their checkpoints
TIME_BYTES = 8
MAX_TIME = 2**63 - 1
MAX_NAME_BYTES = 255  # of a cosigner and of an origin, in what ML-DSA-44 signs


def is_cosigner_name(name: str) -> bool:
    """Whether both kinds of key can sign under that name."""
    return is_key_name(name) and len(name.encode()) <= MAX_NAME_BYTES


class Cosigner(msgspec.Struct, frozen=True):
    """Cosigns under ``name``, with a key of either kind."""

    name: str
    key: SigningKey | MlDsaKey

    @property
    def verifier_key(self) -> VerifierKey:
        kind = COSIGNATURE if isinstance(self.key, SigningKey) else ML_DSA_44
        return VerifierKey(self.name, self.key.public, kind)

    def cosign(self, checkpoint: Checkpoint, time: int) -> NoteSignature:
        """The line that says: seen at ``time`` (Unix seconds). ML-DSA-44 leaves extension lines unsigned."""
        public = self.verifier_key
        signature = self.key.sign(_message(public, checkpoint, time))
        return NoteSignature(self.name, public.hint, time.to_bytes(TIME_BYTES, "big") + signature)


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """When ``key`` last cosigned this checkpoint, or None. Raises as :func:`cosignature_times`."""
    return max(cosignature_times(note, key), default=None)


def cosignature_times(note: Note, key: VerifierKey) -> list[int]:
    """Each time (Unix seconds) at which ``key`` cosigned. Raises ``Unverifiable`` when a line of it does not hold.

    A line with time 0 states no time, and counts for nothing here.
    """
    signatures = note.signatures_of(key)
    if not signatures:
        return []
    checkpoint = Checkpoint.parse(note.text)
    return [time for signature in signatures if (time := _verified(signature.blob, key, checkpoint))]


def log_signatures(note: Note, key: VerifierKey) -> list[NoteSignature]:
    """The lines by the key of a log, of either kind. Raises ``Unverifiable`` when one of them does not hold."""
    if key.kind == ED25519:
        return signatures_by(note, key)
    cosignature_times(note, key)
    return note.signatures_of(key)


def moment(time: int) -> datetime:
    """Unix seconds as aware UTC. Raises ``Unverifiable`` when no calendar has that time."""
    try:
        return datetime.fromtimestamp(time, UTC)
    except (OverflowError, ValueError, OSError):
        raise Unverifiable("note-signature-invalid", "a cosignature says an impossible time") from None


def _verified(blob: bytes, key: VerifierKey, checkpoint: Checkpoint) -> int:
    time, signature = int.from_bytes(blob[:TIME_BYTES], "big"), blob[TIME_BYTES:]
    if time > MAX_TIME:
        raise Unverifiable("note-signature-invalid", f"a cosignature of {key.name} says an impossible time")
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
    """The text after its length in one byte. Raises ``Unverifiable`` when it is too long for that."""
    encoded = text.encode()
    if len(encoded) > MAX_NAME_BYTES:
        raise Unverifiable("note-signature-invalid", f"ML-DSA-44 signs names of at most {MAX_NAME_BYTES} bytes")
    return len(encoded).to_bytes(1, "big") + encoded
