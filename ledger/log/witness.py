"""The decision of a witness: to cosign a checkpoint, or why not (c2sp.org/tlog-witness).

It knows nothing of what is in a log: only that each tree it cosigns begins with the one before.
"""

from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Self

import msgspec

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.tree import EMPTY_ROOT, HASH_BYTES, verify_consistency
from ledger.signing.note import Note, VerifierKey

SIZE_TYPE = "text/x.tlog.size"
MAX_PROOF = 63
MAX_REQUEST_BYTES = 64 * 1024


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
            request = cls(int(old.removeprefix("old ")), tuple(b64decode(h, validate=True) for h in hashes), note)
            is_short = len(hashes) <= MAX_PROOF and all(len(h) == HASH_BYTES for h in request.proof)
            if request.old >= 0 and is_short and str(request) == text:
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


def signed_checkpoint(request: Request, key: VerifierKey) -> Checkpoint:
    """The checkpoint that the log of ``key`` signed. Raises ``Refusal`` 403."""
    try:
        return open_checkpoint(request.note, key)
    except Unverifiable as error:
        raise Refusal(403, str(error)) from None


def require_continuation(request: Request, checkpoint: Checkpoint, recorded: Checkpoint | None) -> None:
    """Require that the checkpoint continues the last one that this witness cosigned. Raises ``Refusal``."""
    if request.old > checkpoint.size:
        raise Refusal(400, f"old: {request.old} is more than the checkpoint's size {checkpoint.size}")
    size, root = (0, EMPTY_ROOT) if recorded is None else (recorded.size, recorded.root)
    if request.old != size:
        raise Refusal(409, f"old: this witness has {size}", size)
    if size in (0, checkpoint.size) and request.proof:
        raise Refusal(422, "proof: from an empty tree, or to the same size, there is nothing to prove")
    if size == checkpoint.size:
        if checkpoint.root != root:
            raise Refusal(409, f"two trees of {size} entries", size, is_conflict=True)
    elif size:
        try:
            verify_consistency(size, checkpoint.size, list(request.proof), root, checkpoint.root)
        except Unverifiable as error:
            raise Refusal(422, f"proof: {error}", is_conflict=True) from None
