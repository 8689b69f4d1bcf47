"""Tiles are addressed as c2sp.org/tlog-tiles says, and hold enough for every proof."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from ledger.log.tiles import FULL, MAX_INDEX, Tile, TileReader, bundle_bytes, bundles, parse_bundle, tile_bytes, tiles
from ledger.log.tree import RightEdge, consistency_path, inclusion_path, root_at, verify_consistency, verify_inclusion

LEAVES = [sha256(b"%d" % number).digest() for number in range(70_000)]
EDGE, NODES = RightEdge().append(LEAVES)
STORED = {(level, index): digest for level, index, digest in NODES}


def get_node(level: int, index: int) -> bytes:
    return STORED[level, index]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 1234067), "tile/1/x001/x234/067"),  # the example of the specification
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile("entries", 1000, 1), "tile/entries/x001/000.p/1"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
    ],
)
def test_a_tile_has_one_address(tile: Tile, path: str) -> None:
    assert str(tile) == path
    assert Tile.parse(path) == tile


@given(st.one_of(st.just("entries"), st.integers(0, 63)), st.integers(0, MAX_INDEX - 1), st.integers(1, 256))
def test_any_tile_is_parsed_as_it_is_written(level: int | str, index: int, width: int) -> None:
    tile = Tile(level, index, width)  # type: ignore[arg-type]  # "entries"
    assert Tile.parse(str(tile)) == tile


@pytest.mark.parametrize(
    "path",
    ["tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/001", "tile/0/1000", "tile/0/000.p/0", "tile/0/000.p/256",
     "tile/0/000.p/01", "tile/0/000.p/", "tile/-1/000", "tile/0/000/", "/tile/0/000", "tile/data/000", "tile/0/x01/000",
     "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/٠٠٠"],
)  # fmt: skip
def test_another_address_is_none(path: str) -> None:
    with pytest.raises(Unverifiable, match="expected"):
        Tile.parse(path)


def test_the_example_of_the_specification_has_these_partial_tiles() -> None:
    partial = [str(tile) for tile in tiles(70_000) if tile.width < FULL]
    assert partial == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert len(list(tiles(70_000))) == 274 + 2 + 1
    assert list(tiles(0)) == []


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_what_is_new_completes_what_was_there(one: int, other: int) -> None:
    before, size = sorted((one, other))
    assert {*tiles(before), *tiles(size, before)} >= set(tiles(size))
    assert not set(tiles(size, before)) & set(tiles(before))
    assert [t.index for t in bundles(size, before)] == [t.index for t in tiles(size, before) if t.level == 0]
    assert all(tile.is_in(size) for tile in tiles(size))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 511, 65_535, 65_536, 65_537, 70_000])
def test_proofs_from_tiles_are_those_from_nodes(size: int) -> None:
    served = {tile: tile_bytes(tile, get_node) for tile in tiles(size)}
    reader = TileReader(size, served.__getitem__)
    root = root_at(size, get_node)
    assert root_at(size, reader.get_node) == root
    for index in {0, size // 3, size // 2, size - 1}:
        path = inclusion_path(index, size, reader.get_node)
        assert path == inclusion_path(index, size, get_node)
        verify_inclusion(LEAVES[index], index, size, path, root)
        old = index + 1
        consistency = consistency_path(old, size, reader.get_node)
        verify_consistency(old, size, consistency, root_at(old, get_node), root)


def test_a_tile_of_another_length_is_refused() -> None:
    reader = TileReader(300, lambda _: b"x" * 31)
    with pytest.raises(Unverifiable, match="expected 256 hashes"):
        reader.get_node(0, 0)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_is_read_as_it_is_written(entries: list[bytes]) -> None:
    assert parse_bundle(bundle_bytes(entries)) == entries


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_inside_an_entry_is_refused(data: bytes) -> None:
    with pytest.raises(Unverifiable, match="ends inside"):
        parse_bundle(data)
