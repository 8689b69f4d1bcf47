"""States as bytes (msgpack), and the fingerprint of the program that folded them.

States hold what the rules remember: ids, dates, digests, public keys. Personal data and secret keys are in none.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from ledger.domain.states.merges import Merges
from ledger.domain.subjects import SUBJECTS

_HERE = Path(__file__).parent
_encoder = msgspec.msgpack.Encoder()
_merges = msgspec.msgpack.Decoder(Merges)
# By kind of stream: the type of its states is what its ``evolve`` returns.
STATES: Mapping[str, Any] = {kind: get_type_hints(subject.evolve)["return"] for kind, subject in SUBJECTS.items()}
_decoders = {kind: msgspec.msgpack.Decoder(state) for kind, state in STATES.items()}


def encode(state: Any) -> bytes:
    """Return the bytes of a state, or of merges."""
    return _encoder.encode(state)


def decode(kind: str, data: bytes) -> Any:
    """Return the state of a stream of this kind. Raises ValueError for other bytes."""
    return _decoders[kind].decode(data)


def decode_merges(data: bytes) -> Merges:
    """Return the merges. Raises ValueError for other bytes."""
    return _merges.decode(data)


@cache
def fingerprint() -> bytes:
    """Return a hash (32 bytes) of all code that states follow from: of another program's states nothing is read.

    It covers every file of the domain, with all types and all ``evolve``, and what decodes, folds and keeps. So nobody
    has to think of a version number; a change of a comment only costs a replay.
    """
    sources = sorted([*_HERE.glob("domain/**/*.py"), *_HERE.glob("*.py"), *_HERE.glob("signing/*.py")])
    sources += [_HERE / "store" / "remembering.py", _HERE / "store" / "replica.py"]
    digest = sha256(msgspec.__version__.encode())
    for source in sources:
        digest.update(sha256(source.read_bytes()).digest())
    return digest.digest()
