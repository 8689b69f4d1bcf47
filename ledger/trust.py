"""The trust root: what a verifier brings along, and never takes from what is verified."""

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

import msgspec

from ledger import strict_json
from ledger.errors import Unverifiable
from ledger.files import expecting, read_bounded
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.cosignature import cosigned_at, moment
from ledger.log.policy import NOBODY, Policy
from ledger.log.tree import HASH_BYTES
from ledger.signing.note import ML_DSA_44, Note, VerifierKey

MAX_TRUST_BYTES = 1_000_000  # a policy in it may have 100,000 characters

_parsed = lru_cache(maxsize=64)(VerifierKey.parse)  # an audit asks for the same few keys at each checkpoint


class TrustRoot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The log's name, its verifier key (C2SP vkey), and the hash of leaf 0 in hex.

    ``log_key_ml_dsa`` is the log's second key, which signs what it publishes; ``policy`` says which witnesses
    must have cosigned that (c2sp.org/tlog-policy). A verifier requires what its own trust root names.
    """

    origin: str
    log_key: str
    founding_leaf: str
    log_key_ml_dsa: str | None = None
    policy: str | None = None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises ValueError naming the field and what was expected."""
        try:
            trust = strict_json.decode(data, cls)
        except ValueError as error:
            raise ValueError(f"trust root: {error}") from None
        if trust.verifier_key.name != trust.origin:
            raise ValueError("trust root: log_key: expected the key of origin")
        if trust.ml_dsa_key is not None and trust.ml_dsa_key.name != trust.origin:
            raise ValueError("trust root: log_key_ml_dsa: expected a key of origin")
        if not re.fullmatch(f"[0-9a-f]{{{2 * HASH_BYTES}}}", trust.founding_leaf):
            raise ValueError(f"trust root: founding_leaf: expected {HASH_BYTES} bytes in hex")
        if trust.witnesses.origin not in (None, trust.origin):
            raise ValueError("trust root: policy: expected the log of origin")
        return trust

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a ``trust.json``. Raises OSError, or ValueError naming the file and what was expected."""
        data = read_bounded(path, MAX_TRUST_BYTES)
        with expecting(path, "a trust root (trust.json)", "une racine de confiance (trust.json)"):
            return cls.parse(data)

    @property
    def verifier_key(self) -> VerifierKey:
        """The key that signs the log's checkpoints. Raises ValueError."""
        return _parsed(self.log_key)

    @property
    def ml_dsa_key(self) -> VerifierKey | None:
        """The key that signs published checkpoints as well. Raises ValueError."""
        return None if self.log_key_ml_dsa is None else _parsed(self.log_key_ml_dsa, ML_DSA_44)

    @property
    def witnesses(self) -> Policy:
        """Who must have cosigned: nobody, when no policy is named. Raises ValueError."""
        return Policy() if self.policy is None else Policy.parse(self.policy)

    @property
    def policy_text(self) -> str:
        """The policy as a file that names each key of the log, and says so when nobody must have cosigned."""
        named = [str(key) for key in self.witnesses.logs]
        keys = [key for key in (self.log_key, self.log_key_ml_dsa) if key is not None and key not in named]
        return "".join(f"log {key}\n" for key in keys) + (self.policy or f"quorum {NOBODY}\n")

    def opened(self, note: str) -> Checkpoint:
        """What a published checkpoint says, signed as the trust root wants it. Raises ``Unverifiable``.

        Nothing that this program publishes has extension lines, which ML-DSA-44 would leave unsigned: there are none.
        Whether witnesses cosigned it is another question: :meth:`Policy.witnessed`.
        """
        return self.published(note, open_checkpoint(note, self.verifier_key))

    def published(self, note: str, checkpoint: Checkpoint) -> Checkpoint:
        """What a note of the log says, which was opened before, if it can be published. Raises ``Unverifiable``."""
        if checkpoint.extension:
            raise Unverifiable("checkpoint-malformed", "expected origin, size and root, without extension lines")
        if self.ml_dsa_key is not None and cosigned_at(Note.parse(note), self.ml_dsa_key) is None:
            raise Unverifiable("note-unsigned", f"the checkpoint carries no ML-DSA-44 signature of {self.origin}")
        return checkpoint

    def signed_at(self, note: str) -> datetime | None:
        """Since when a published checkpoint stands, by its witnesses or by the log's own word; None when unsaid.

        Raises ``Unverifiable`` when a signature does not hold.
        """
        witnessed = self.witnesses.witnessed(note)
        if witnessed is not None:
            return witnessed.at
        at = None if self.ml_dsa_key is None else cosigned_at(Note.parse(note), self.ml_dsa_key)
        return None if at is None else moment(at)

    def __bytes__(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"
