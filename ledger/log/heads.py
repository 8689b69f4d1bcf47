"""Heads: how far each of some streams goes at one size of the log, as a note that the log signs.

A proof of inclusion shows that a statement is there; no proof shows that there is no later one. So the log states it,
dated and signed: a log that leaves out a withdrawal has signed a falsehood that its entries disprove. By its first
line the note cannot be mistaken for a checkpoint.
"""

from contextlib import suppress
from datetime import datetime
from typing import Self

import msgspec

from ledger.domain.record import Stream
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.signing.keys import SigningKey
from ledger.signing.note import VerifierKey, is_key_name, open_note, sign_note

FIRST_LINE = "pca-ledger/heads/v1"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Heads(msgspec.Struct, frozen=True):
    """The version of each stream in the log's first ``size`` entries, as stated at ``time`` (UTC seconds)."""

    origin: str
    size: int
    time: datetime
    versions: dict[Stream, int]

    def __str__(self) -> str:
        streams = "".join(f"{stream} {version}\n" for stream, version in self.versions.items())
        return f"{FIRST_LINE}\n{self.origin}\n{self.size}\n{self.time.strftime(_TIME)}\n{streams}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The heads that are written exactly like this. Raises ``Unverifiable``."""
        with suppress(ValueError):
            _, origin, size, time, *streams, _ = text.split("\n")
            pairs = [line.rsplit(" ", 1) for line in streams]
            heads = cls(
                origin,
                int(size),
                datetime.fromisoformat(time),  # whatever its zone, it is written as below, or refused
                {Stream.parse(stream): int(version) for stream, version in pairs},
            )
            is_possible = is_key_name(origin) and min(heads.size, *heads.versions.values(), 0) == 0
            if is_possible and str(heads) == text:
                return heads
        raise Unverifiable("heads-malformed", f"expected {FIRST_LINE}, origin, size, time and streams, a line each")


def sign_heads(checkpoint: Checkpoint, time: datetime, versions: dict[Stream, int], key: SigningKey) -> str:
    """What the log states at ``time`` about the tree of its checkpoint."""
    return sign_note(str(Heads(checkpoint.origin, checkpoint.size, time, versions)), checkpoint.origin, key)


def open_heads(note: str, key: VerifierKey) -> Heads:
    """The heads that ``key`` signed for the log of its name. Raises ``Unverifiable``."""
    heads = Heads.parse(open_note(note, key))
    if heads.origin != key.name:
        raise Unverifiable("heads-origin", f"heads of {heads.origin}, expected {key.name}")
    return heads
