"""The trust root: what a verifier brings along, and never takes from what is verified."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from ledger.log.tree import HASH_BYTES
from ledger.signing.note import VerifierKey


class TrustRoot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The log's name, its verifier key (C2SP vkey), and the hash of leaf 0 in hex."""

    origin: str
    log_key: str
    founding_leaf: str

    @classmethod
    def parse(cls, data: bytes) -> TrustRoot:
        """Raises ValueError naming the field and what was expected."""
        try:
            trust = msgspec.json.decode(data, type=cls)
        except msgspec.DecodeError as error:
            raise ValueError(f"trust root: {error}") from None
        if trust.verifier_key.name != trust.origin:
            raise ValueError("trust root: log_key: expected the key of origin")
        if not re.fullmatch(f"[0-9a-f]{{{2 * HASH_BYTES}}}", trust.founding_leaf):
            raise ValueError(f"trust root: founding_leaf: expected {HASH_BYTES} bytes in hex")
        return trust

    @classmethod
    def load(cls, path: Path) -> TrustRoot:
        """Read a ``trust.json``."""
        return cls.parse(path.read_bytes())

    @property
    def verifier_key(self) -> VerifierKey:
        """The key that signs the log's checkpoints. Raises ValueError."""
        return VerifierKey.parse(self.log_key)

    def __bytes__(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"
