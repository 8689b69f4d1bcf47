"""Checkpoints: how large the log is and what its root is, as a signed note (c2sp.org/tlog-checkpoint)."""

from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Self

import msgspec

from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES
from ledger.signing.keys import SigningKey
from ledger.signing.note import VerifierKey, is_key_name, open_note, sign_note


class Checkpoint(msgspec.Struct, frozen=True):
    """``size`` leaves under ``root`` (32 bytes) in the log named ``origin``."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint that is written exactly like this, without extension lines. Raises ``Unverifiable``."""
        with suppress(ValueError):
            origin, size, root, _ = text.split("\n")
            checkpoint = cls(origin, int(size), b64decode(root, validate=True))
            is_possible = checkpoint.size >= 0 and len(checkpoint.root) == HASH_BYTES and is_key_name(origin)
            # int() accepts "1_0", " 1" and "+1": re-format and compare.
            if is_possible and str(checkpoint) == text:
                return checkpoint
        raise Unverifiable("checkpoint-malformed", "expected origin, size and root, a line each")


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The checkpoint as a note that the log signs under its own name."""
    return sign_note(str(checkpoint), checkpoint.origin, key)


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint that ``key`` signed for the log of its name. Raises ``Unverifiable``."""
    checkpoint = Checkpoint.parse(open_note(note, key))
    if checkpoint.origin != key.name:
        raise Unverifiable("checkpoint-origin", f"a checkpoint of {checkpoint.origin}, expected {key.name}")
    return checkpoint
