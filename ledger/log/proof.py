"""Offline inclusion proofs as a file that other people's tools read (c2sp.org/tlog-proof)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

import msgspec

from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES

HEADER = "c2sp.org/tlog-proof@v1"


class InclusionProof(msgspec.Struct, frozen=True):
    """The leaf ``index``, the path from its sibling to the root's child, and the signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        hashes = "".join(f"{b64encode(digest).decode()}\n" for digest in self.path)
        return f"{HEADER}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> InclusionProof:
        """The proof that is written exactly so, without the optional extra line. Raises ``Unverifiable``."""
        head, blank, checkpoint = text.partition("\n\n")
        header, _, rest = head.partition("\n")
        index, *hashes = rest.split("\n")
        try:
            proof = cls(
                int(index.removeprefix("index ")),
                tuple(b64decode(digest, validate=True) for digest in hashes),
                checkpoint,
            )
        except (ValueError, Base64Error):
            raise _malformed() from None
        is_possible = proof.index >= 0 and all(len(digest) == HASH_BYTES for digest in proof.path)
        if header != HEADER or not blank or not is_possible or str(proof) != text:
            raise _malformed()
        return proof


def _malformed() -> Unverifiable:
    return Unverifiable("proof-malformed", f"expected a proof that begins with {HEADER}")
