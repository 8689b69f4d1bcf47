"""Checkpoints: how large the log is and what its root is, as a signed note (c2sp.org/tlog-checkpoint)."""

import re
from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Self

import msgspec

from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES
from ledger.signing.keys import SigningKey
from ledger.signing.note import VerifierKey, open_note, sign_note

MAX_SIZE = 2**63 - 1  # what other people's programs and databases count to
_SIZE = re.compile("0|[1-9][0-9]{0,18}")


def parse_size(text: str) -> int:
    """The size of a tree: ASCII decimal without a leading zero, up to 2^63-1. Raises ValueError."""
    if not _SIZE.fullmatch(text) or int(text) > MAX_SIZE:
        raise ValueError(f"expected a size in decimal, up to {MAX_SIZE}")
    return int(text)


class Checkpoint(msgspec.Struct, frozen=True):
    """``size`` leaves under ``root`` (32 bytes) in the log named ``origin``.

    ``extension`` are lines that other logs write below; their meaning is their own, and ours has none.
    """

    origin: str
    size: int
    root: bytes
    extension: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, b64encode(self.root).decode(), *self.extension))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint that is written exactly like this. Raises ``Unverifiable``."""
        with suppress(ValueError):
            origin, size, root, *extension, _ = text.split("\n")
            checkpoint = cls(origin, parse_size(size), b64decode(root, validate=True), tuple(extension))
            is_possible = origin and origin.isprintable() and len(checkpoint.root) == HASH_BYTES and all(extension)
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
