"""Offline inclusion proofs as a file that other people's tools read (c2sp.org/tlog-proof)."""

from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Self

import msgspec

from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 2_000_000


class InclusionProof(msgspec.Struct, frozen=True):
    """The leaf ``index``, the path from its sibling to the root's child, and the signed checkpoint.

    ``extra`` is what somebody else put beside it: nothing vouches for it, and our proofs have none.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = "" if self.extra is None else f"extra {b64encode(self.extra).decode()}\n"
        hashes = "".join(f"{b64encode(digest).decode()}\n" for digest in self.path)
        return f"{HEADER}\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The proof that is written exactly like this. Raises ``Unverifiable``."""
        head, _, checkpoint = text[:MAX_PROOF_BYTES].partition("\n\n")
        lines = head.split("\n")[1:]
        extra = lines.pop(0).removeprefix("extra ") if lines and lines[0].startswith("extra ") else None
        with suppress(ValueError):
            index, *hashes = lines
            proof = cls(
                int(index.removeprefix("index ")),
                tuple(b64decode(digest, validate=True) for digest in hashes),
                checkpoint,
                None if extra is None else b64decode(extra, validate=True),
            )
            is_possible = proof.index >= 0 and all(len(digest) == HASH_BYTES for digest in proof.path)
            if is_possible and str(proof) == text:
                return proof
        raise Unverifiable("proof-malformed", f"expected a proof that begins with {HEADER}")
