"""Tiles: the log's tree as files that never change, in the form of c2sp.org/tlog-tiles.

A tile holds up to 256 neighbouring nodes, all at one level that is a multiple of 8; a tile is full once it
holds 256. An entry bundle holds the entries under one tile of level 0. Anyone who reads tiles can compute
every proof for themselves; whoever serves them needs nothing but a web server.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Self

import msgspec

from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES, GetNode, node_hash

HEIGHT = 8
FULL = 1 << HEIGHT
MAX_LEVEL = 63
MAX_INDEX = 2**64 // FULL
_PATH = re.compile(r"tile/(entries|\d{1,2})/((?:x\d{3}/){0,6}\d{3})(?:\.p/(\d{1,3}))?")  # an index has 17 digits

Level = int | Literal["entries"]


class Tile(msgspec.Struct, frozen=True, order=True):
    """``level`` counts in steps of 8 levels of the tree; ``width`` is 256 in a full tile."""

    level: Level
    index: int
    width: int = FULL

    def __str__(self) -> str:
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == FULL else f".p/{self.width}"
        return f"tile/{self.level}/{path}{partial}"

    @classmethod
    def parse(cls, path: str) -> Self:
        """The tile that is addressed exactly like this. Raises ``Unverifiable``."""
        match = _PATH.fullmatch(path)
        if match is not None:
            level, groups, width = match.groups()
            tile = cls(
                "entries" if level == "entries" else int(level),
                int(groups.replace("x", "").replace("/", "")),
                FULL if width is None else int(width),
            )
            is_possible = (tile.level == "entries" or tile.level <= MAX_LEVEL) and tile.index < MAX_INDEX
            # Re-format and compare: leading zeroes and a partial tile of full width are other addresses.
            if is_possible and 0 < tile.width <= FULL and str(tile) == path:
                return tile
        raise Unverifiable("tile-malformed", "expected tile/LEVEL/INDEX or tile/entries/INDEX, such as tile/0/x001/234")

    @property
    def tree_level(self) -> int:
        """The level in the tree of the nodes in the tile."""
        return 0 if self.level == "entries" else HEIGHT * self.level

    def is_in(self, size: int) -> bool:
        """Whether a tree of that size has every node of the tile."""
        return self.index * FULL + self.width <= size >> self.tree_level


def tiles(size: int, before: int = 0) -> Iterator[Tile]:
    """Every hash tile of a tree of ``size`` leaves that one of ``before`` leaves did not have, leaves first."""
    level = 0
    while nodes := size >> (HEIGHT * level):
        nodes_before = before >> (HEIGHT * level)
        for index in range(nodes_before // FULL, -(-nodes // FULL)):
            tile = Tile(level, index, min(FULL, nodes - index * FULL))
            if tile.width > nodes_before - index * FULL:
                yield tile
        level += 1


def bundles(size: int, before: int = 0) -> Iterator[Tile]:
    """Every entry bundle of a log of ``size`` entries that one of ``before`` did not have."""
    return (msgspec.structs.replace(tile, level="entries") for tile in tiles(size, before) if tile.level == 0)


def tile_bytes(tile: Tile, get_node: GetNode) -> bytes:
    """The hashes of a tile, one after the other. Raises LookupError when a node is missing."""
    first = tile.index * FULL
    return b"".join(get_node(tile.tree_level, index) for index in range(first, first + tile.width))


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """The entries of a bundle, each after its length in 16 bits, most significant byte first."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(data: bytes) -> list[bytes]:
    """The inverse of :func:`bundle_bytes`. Raises ``Unverifiable``."""
    entries, place = [], 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data) or place + 2 > len(data):
            raise Unverifiable("bundle-cut-short", "an entry bundle ends inside an entry")
        entries.append(data[place + 2 : end])
        place = end
    return entries


class TileReader:
    """Nodes of a tree of ``size`` leaves, read from its tiles: what a client needs to compute proofs."""

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self._size = size
        self._read = read
        self._tiles: dict[Tile, bytes] = {}

    def get_node(self, level: int, index: int) -> bytes:
        """The hash of a complete node. Raises ``Unverifiable`` when a tile has another length."""
        below = level % HEIGHT
        width = 1 << below
        data = self._tile(level // HEIGHT, (index * width) // FULL)
        first = (index * width) % FULL
        hashes = [data[i : i + HASH_BYTES] for i in range(first * HASH_BYTES, (first + width) * HASH_BYTES, HASH_BYTES)]
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _tile(self, level: int, index: int) -> bytes:
        nodes = self._size >> (HEIGHT * level)
        tile = Tile(level, index, min(FULL, nodes - index * FULL))
        if tile not in self._tiles:
            data = self._read(tile)
            if len(data) != tile.width * HASH_BYTES:
                raise Unverifiable("tile-length", f"{tile}: expected {tile.width} hashes")
            self._tiles[tile] = data
        return self._tiles[tile]
