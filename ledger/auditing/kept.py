"""What an auditor keeps of an audit, so that the next one judges only what is new (docs/decisions/0058).

It is sealed with a key of the auditor: whoever audits again believes what they found themselves, and nobody else. It
holds what the entries hold, ids and digests, and no name.
"""

from copy import deepcopy
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Self

import msgspec

from ledger.auditing.report import AuditFinding
from ledger.domain.dating import LONG_AGO, Known
from ledger.domain.record import Stream
from ledger.domain.states.merges import Merges
from ledger.errors import Unreadable
from ledger.files import read_bounded, write_whole
from ledger.log.tree import RightEdge
from ledger.reading import LookUp, Memory
from ledger.remembered import STATES, encode
from ledger.signing.envelope import pae
from ledger.signing.keys import SIGNATURE_BYTES, SigningKey, verify_ed25519
from ledger.trust import TrustRoot

TYPE = "application/vnd.pca-ledger.audit-state.v1+msgpack"
MAX_BYTES = 2**30  # some two million entries; it is verified before it is decoded
RULES = ("auditing", "domain", "log", "signing")  # packages of this one, besides its own modules
_decoders = {kind: msgspec.msgpack.Decoder(dict[str, state]) for kind, state in STATES.items()}  # type: ignore[valid-type]  # from the table


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that judging the next entry needs, and what was found so far.

    ``rules`` is the digest of the program that judged, ``trust`` that of the trust root. ``hashes`` are those of the
    complete nodes of the tree, by place. ``notes`` are the digests of the notes that were verified.
    """

    rules: str
    trust: str
    audited_at: datetime
    size: int
    signed: int
    peaks: bytes
    hashes: bytes
    times: tuple[datetime, ...]
    states: dict[str, bytes]  # of each kind, by id
    index: dict[LookUp, list[str]]
    merges: Merges
    witnessed: dict[int, datetime]
    published: int
    notes: frozenset[bytes]
    post_dated: tuple[tuple[datetime, int, str], ...]
    uncovered: tuple[tuple[datetime, int], ...]
    signed_with: dict[str, list[tuple[datetime, int]]]
    named: dict[str, str]
    scored: frozenset[str | None]
    employed_late: bool
    known_otherwise: dict[str, int]
    findings: tuple[AuditFinding, ...]
    warnings: tuple[AuditFinding, ...]

    @property
    def edge(self) -> RightEdge:
        return RightEdge.parse(self.size, self.peaks)

    def memory(self) -> Memory:
        """The states after its entries, which whoever asks may change."""
        memory = Memory()
        memory.size, memory.known = self.size, Known(self.times)
        memory.index, memory.merges = deepcopy(self.index), self.merges
        for kind, states in self.states.items():
            memory.states.update({Stream(kind, one): state for one, state in _decoders[kind].decode(states).items()})
        return memory

    def write(self, path: Path, key: SigningKey) -> None:
        """Write it, sealed with a key of the auditor."""
        data = msgspec.msgpack.encode(self)
        write_whole(path, key.sign(pae(TYPE, data)) + data)

    @classmethod
    def read(cls, path: Path, key: SigningKey, trust: TrustRoot) -> Self:
        """What this key sealed about this log, with these rules. Raises OSError, and ``Unreadable`` otherwise."""
        sealed = read_bounded(path, MAX_BYTES)
        signature, data = sealed[:SIGNATURE_BYTES], sealed[SIGNATURE_BYTES:]
        if not verify_ed25519(key.public, pae(TYPE, data), signature):
            raise Unreadable(
                f"{path}: expected the state of an audit, whole and signed with this key ({key.key_id})",
                f"{path} : l’état d’un audit est attendu, complet et signé avec cette clé ({key.key_id})",
            )
        try:
            kept = msgspec.msgpack.decode(data, type=cls)
        except msgspec.ValidationError:  # of another version: it is signed
            kept = None
        if kept is None or kept.rules != rules():
            raise Unreadable(
                f"{path}: kept by a program with other rules: audit everything once, without --since",
                f"{path} : conservé par un programme aux règles différentes : faites un audit complet, sans --since",
            )
        if kept.trust != digest_of(trust):
            raise Unreadable(
                f"{path}: is about another log than {trust.origin}, or rests on another trust root",
                f"{path} : concerne un autre journal que {trust.origin}, ou une autre racine de confiance",
            )
        return kept


NOTHING = Kept(
    rules="",
    trust="",
    audited_at=LONG_AGO,
    size=0,
    signed=0,
    peaks=b"",
    hashes=b"",
    times=(LONG_AGO,),
    states={},
    index={},
    merges=Merges(),
    witnessed={},
    published=-1,
    notes=frozenset(),
    post_dated=(),
    uncovered=(),
    signed_with={},
    named={},
    scored=frozenset(),
    employed_late=False,
    known_otherwise={},
    findings=(),
    warnings=(),
)
"""Before the first entry."""


def states_of(memory: Memory) -> dict[str, bytes]:
    """The states of each kind by id, as :class:`Kept` has them."""
    kinds: dict[str, dict[str, Any]] = {}
    for stream, state in memory.states.items():
        kinds.setdefault(stream.kind, {})[stream.id] = state
    return {kind: encode(states) for kind, states in kinds.items()}


def digest_of(trust: TrustRoot) -> str:
    return sha256(bytes(trust)).hexdigest()


def digest_of_note(note: str) -> bytes:
    return sha256(note.encode(errors="replace")).digest()


@cache
def rules() -> str:
    """The digest of the source of everything that judges: when it changes, what was judged is judged again."""
    ours = files("ledger")
    sources = [one for one in sorted(ours.iterdir(), key=lambda one: one.name) if one.name.endswith(".py")]
    sources += [source for package in RULES for source in _sources(ours / package)]
    return sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    inside = sorted(folder.iterdir(), key=lambda one: one.name)
    sources = [source for one in inside for source in (_sources(one) if one.is_dir() else [one])]
    return [source for source in sources if source.name.endswith(".py")]
