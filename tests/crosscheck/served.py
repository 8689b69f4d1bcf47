"""A log as a folder of files (c2sp.org/tlog-tiles), with ``vkey``, the log's key, and ``proofs.json``.

Whoever reads the folder needs no code of ours."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import msgspec

from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.tiles import FULL, bundle_bytes, bundles, tile_bytes, tiles
from ledger.log.tree import RightEdge, consistency_path, inclusion_path, leaf_hash, root_at
from ledger.signing.note import VerifierKey
from tests.scenario import ORIGIN, key_of

# One leaf; a full tile less one, full, and one more; several tiles; tiles on three levels, all of them partial.
SIZES = [1, 2, 255, 256, 257, 700, 70_000]
ALTERED = 700  # leaves of the log that is altered, in three tiles under one of level 1
STRIDE = 251  # to compute a path from tiles is slow: where leaves are many, one in 251 still meets every tile
PAIRS = 64  # consistency proofs between random sizes; also to the last size, from each one where they are few
KEY = key_of("log")
VKEY = VerifierKey(ORIGIN, KEY.public)

Ours = Callable[[int], Path]
"""The folder with our log of that size, only to be read."""


class Inclusion(msgspec.Struct, frozen=True):
    """That leaf ``index`` is in the whole tree."""

    index: int
    path: list[bytes]


class Consistency(msgspec.Struct, frozen=True):
    """That the tree of ``new`` leaves begins with that of ``old``."""

    old: int
    new: int
    path: list[bytes]


class Proofs(msgspec.Struct, frozen=True):
    """Ours and Go's hold one of inclusion for each leaf, in order."""

    inclusion: list[Inclusion]
    consistency: list[Consistency]


def entry(index: int) -> bytes:
    """Of any length, the first one empty."""
    return b"%d," % index * (index % 7)


@cache
def nodes(size: int) -> dict[tuple[int, int], bytes]:
    """Every complete node of the tree, by level and index."""
    _, completed = RightEdge().append([leaf_hash(entry(index)) for index in range(size)])
    return {(level, index): digest for level, index, digest in completed}


def get_node(level: int, index: int) -> bytes:
    """A node of the largest tree: the smaller ones are its beginnings."""
    return nodes(SIZES[-1])[level, index]


def pairs(size: int) -> list[tuple[int, int]]:
    """Sizes between which consistency is shown: to the whole tree from any size, and any from any."""
    random = Random(size)  # noqa: S311 - a choice of test cases
    olds = range(1, size + 1) if size <= ALTERED else random.sample(range(1, size), PAIRS)
    between = [sorted(random.choices(range(1, size + 1), k=2)) for _ in range(PAIRS)]
    return [(old, size) for old in olds] + [(old, new) for old, new in between]


def serve(folder: Path, size: int) -> None:
    """Write the log of the first ``size`` entries."""
    checkpoint = Checkpoint(ORIGIN, size, root_at(size, get_node))
    write(folder / "checkpoint", sign_checkpoint(checkpoint, KEY).encode())
    write(folder / "vkey", str(VKEY).encode())
    for tile in tiles(size):
        write(folder / str(tile), tile_bytes(tile, get_node))
    for bundle in bundles(size):
        first = bundle.index * FULL
        write(folder / str(bundle), bundle_bytes([entry(index) for index in range(first, first + bundle.width)]))
    proofs = Proofs(
        [Inclusion(index, inclusion_path(index, size, get_node)) for index in range(size)],
        [Consistency(old, new, consistency_path(old, new, get_node)) for old, new in pairs(size)],
    )
    write(folder / "proofs.json", msgspec.json.encode(proofs))


def proofs_in(folder: Path) -> Proofs:
    return msgspec.json.decode((folder / "proofs.json").read_bytes(), type=Proofs)


def sampled(size: int) -> range:
    """The leaves whose paths are computed from tiles."""
    return range(0, size, 1 if size <= ALTERED else STRIDE)


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def flipped(data: bytes, place: int = 0) -> bytes:
    """The same with one bit of one byte changed."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def alter(folder: Path, name: str, place: int) -> None:
    """Change one byte of a file, or of the last hash of a proof named ``inclusion`` or ``consistency``."""
    if name in Proofs.__struct_fields__:
        proofs = msgspec.to_builtins(proofs_in(folder), builtin_types=(bytes,))
        path = proofs[name][place]["path"]
        path[-1] = flipped(path[-1])
        write(folder / "proofs.json", msgspec.json.encode(proofs))
    else:
        write(folder / name, flipped((folder / name).read_bytes(), place))
