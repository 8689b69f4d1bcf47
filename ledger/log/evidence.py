"""Evidence that a log broke its promise: two checkpoints that it signed and that cannot both be true.

Two checkpoints of one size with two roots contradict each other. Of two sizes, a consistency proof shows what root
the smaller tree would need to be the beginning of the larger one.
"""

from typing import Literal, Self

import msgspec

from ledger import strict_json
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.tree import EMPTY_ROOT, GetNode, consistency_path, root_at, verify_consistency
from ledger.signing.note import VerifierKey

MAX_EVIDENCE_BYTES = 4 * 1024 * 1024


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``earlier`` and ``later`` are signed notes. ``root`` (base64) is that of the first leaves of the later
    tree, as many as the earlier one has; ``path`` proves it (RFC 9162 2.1.4).
    """

    format: Literal["pca-ledger-evidence/v1"] = "pca-ledger-evidence/v1"
    earlier: str
    later: str
    root: bytes
    path: tuple[bytes, ...]

    def __bytes__(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises ``Unverifiable``."""
        try:
            if len(data) > MAX_EVIDENCE_BYTES:
                raise ValueError(f"expected at most {MAX_EVIDENCE_BYTES} bytes")
            evidence = strict_json.decode(data, cls)
            if bytes(evidence) != data:
                raise ValueError("expected the one form in which it is written")
        except ValueError as error:
            raise Unverifiable("evidence-malformed", f"not evidence: {error}") from None
        return evidence

    def require_conflict(self, key: VerifierKey) -> tuple[Checkpoint, Checkpoint]:
        """The two checkpoints, which ``key`` signed and which contradict each other. Raises ``Unverifiable``."""
        earlier, later = open_checkpoint(self.earlier, key), open_checkpoint(self.later, key)
        verify_consistency(earlier.size, later.size, list(self.path), self.root, later.root)
        if self.root == earlier.root:
            raise Unverifiable("evidence-none", "the two checkpoints do not contradict each other")
        return earlier, later


def conflict(one: str, other: str, key: VerifierKey, get_node: GetNode | None = None) -> Evidence | None:
    """The evidence that two signed notes contradict each other; None when they do not.

    ``get_node`` reads nodes of the larger tree; without it only notes of one size can be told apart.
    Raises ``Unverifiable`` when a note is not signed by ``key``.
    """
    notes = sorted((one, other), key=lambda note: open_checkpoint(note, key).size)
    earlier, later = (open_checkpoint(note, key) for note in notes)
    if earlier.size == later.size:
        root, path = later.root, list[bytes]()
    elif earlier.size == 0:
        root, path = EMPTY_ROOT, []  # with which every tree begins
    elif get_node is None:
        raise Unverifiable("evidence-incomplete", "checkpoints of two sizes: the tiles of the larger tree are needed")
    else:
        root, path = root_at(earlier.size, get_node), consistency_path(earlier.size, later.size, get_node)
        verify_consistency(earlier.size, later.size, path, root, later.root)  # the tiles are of that tree
    if root == earlier.root:
        return None
    return Evidence(earlier=notes[0], later=notes[1], root=root, path=tuple(path))
