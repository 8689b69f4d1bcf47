"""The decision of a witness: to cosign a checkpoint, or why not (c2sp.org/tlog-witness).

It knows nothing of what is in a log: only that each tree it cosigns begins with the one before.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Self

import msgspec

from ledger.errors import Unfit, Unverifiable
from ledger.log.checkpoint import Checkpoint, parse_size
from ledger.log.cosignature import LOG_KINDS, MAX_NAME_BYTES, log_signatures
from ledger.log.tree import EMPTY_ROOT, HASH_BYTES, verify_consistency
from ledger.signing.note import ED25519, Note, VerifierKey

SIZE_TYPE = "text/x.tlog.size"
MAX_PROOF = 63
MAX_REQUEST_BYTES = 64 * 1024

LogKeys = Mapping[str, Sequence[VerifierKey]]  # by the origin of the log


def parse_logs(lines: Iterable[str]) -> LogKeys:
    """The keys of each log, from lines ``VKEY`` or ``VKEY ORIGIN``; without an origin the key's name is it.

    An origin may hold spaces ("go.sum database tree"), which no key name can. Raises ``Unfit``.
    """
    logs: dict[str, list[VerifierKey]] = {}
    for line in lines:
        text, _, origin = line.partition(" ")
        key = VerifierKey.parse(text, *LOG_KINDS)
        origin = origin or key.name
        if len(origin.encode()) > MAX_NAME_BYTES or not origin.isprintable():
            raise Unfit(
                f"expected an origin of at most {MAX_NAME_BYTES} bytes, in one line",
                f"une origine de {MAX_NAME_BYTES} octets au plus, sur une seule ligne, est attendue",
            )
        logs.setdefault(origin, []).append(key)
    return logs


class Request(msgspec.Struct, frozen=True):
    """``POST /add-checkpoint``: the size that the witness has, the proof from there, and the new checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        return "".join([f"old {self.old}\n", *(f"{b64encode(h).decode()}\n" for h in self.proof), "\n", self.note])

    @classmethod
    def parse(cls, text: str) -> Self:
        """The request that is written exactly like this. Raises ``Unverifiable``."""
        head, _, note = text.partition("\n\n")
        old, *hashes = head.split("\n")
        with suppress(ValueError):
            proof = tuple(b64decode(h, validate=True) for h in hashes)
            request = cls(parse_size(old.removeprefix("old ")), proof, note)
            is_short = len(hashes) <= MAX_PROOF and all(len(h) == HASH_BYTES for h in proof)
            if is_short and str(request) == text:
                return request
        says = "expected old SIZE, base64 hashes a line each, an empty line, a checkpoint"
        raise Unverifiable("request-malformed", says)


class Refusal(Exception):
    """Why a witness does not cosign: the HTTP status, and the body when it is not a sentence.

    ``is_conflict`` when the checkpoint is not proved to continue what the log signed before: it is kept.
    """

    def __init__(self, status: int, why: str, size: int | None = None, *, is_conflict: bool = False) -> None:
        super().__init__(why)
        self.status, self.size, self.is_conflict = status, size, is_conflict


def origin_of(request: Request) -> str:
    """The log that a request names, before anything is checked. Raises ``Refusal``."""
    try:
        return Checkpoint.parse(Note.parse(request.note).text).origin
    except Unverifiable as error:
        raise Refusal(400, str(error)) from None


def signed_by_log(request: Request, keys: Sequence[VerifierKey]) -> Note:
    """The checkpoint with the signatures by these keys of its log, and no others.

    Raises ``Refusal`` 403 when there is none, or when one does not hold, even if another one does; also when
    there are extension lines and none of the signatures covers them.
    """
    note = Note.parse(request.note)
    try:
        lines = {key: log_signatures(note, key) for key in keys}
    except Unverifiable as error:
        raise Refusal(403, str(error)) from None
    # tlog-cosignature: what ML-DSA-44 signs does not include the extension lines.
    covering = ED25519 if Checkpoint.parse(note.text).extension else None
    if not any(found for key, found in lines.items() if covering in (None, key.kind)):
        raise Refusal(403, "no signature by a known key of the log over the whole checkpoint")
    return Note(note.text, tuple(line for found in lines.values() for line in found))


def require_continuation(request: Request, checkpoint: Checkpoint, recorded: Checkpoint | None) -> None:
    """Require that the checkpoint continues the last one that this witness cosigned. Raises ``Refusal``."""
    if request.old > checkpoint.size:
        raise Refusal(400, f"old: {request.old} is more than the checkpoint's size {checkpoint.size}")
    size, root = (0, EMPTY_ROOT) if recorded is None else (recorded.size, recorded.root)
    if request.old != size:
        raise Refusal(409, f"old: this witness has {size}", size)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise Refusal(422, "root: not that of the empty tree", is_conflict=True)
    if size in (0, checkpoint.size) and request.proof:
        raise Refusal(422, "proof: from an empty tree, or to the same size, there is nothing to prove")
    if size == checkpoint.size:
        if checkpoint.root != root:
            raise Refusal(422, f"two trees of {size} entries", is_conflict=True)
    elif size:
        try:
            verify_consistency(size, checkpoint.size, list(request.proof), root, checkpoint.root)
        except Unverifiable as error:
            raise Refusal(422, f"proof: {error}", is_conflict=True) from None
