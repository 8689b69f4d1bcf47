"""A rosette is a function of a leaf hash: its rays spell the hash, and every byte of it shows."""

import re
from hashlib import sha256
from math import hypot
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import fromstring

from projections.credentials.forms import rosette

VECTOR = Path(__file__).parents[3] / "vectors" / "documents" / "rosette-v1.svg"
LEAF = sha256(b"an award").digest()


def paths(drawn: bytes) -> tuple[str, str]:
    """The threads, and the rays."""
    threads, rays = (path.get("d") or "" for path in fromstring(drawn).iter("{http://www.w3.org/2000/svg}path"))
    return threads, rays


def test_the_same_hash_is_the_same_rosette_for_ever() -> None:
    """A change of the function makes older diplomas incomparable: it needs another name, and this file stays."""
    assert rosette.svg(LEAF, "#94713a") == VECTOR.read_bytes()


@given(st.binary(min_size=32, max_size=32))
def test_the_rays_spell_the_hash_clockwise_from_the_top(leaf: bytes) -> None:
    digits = ""
    for ray in re.finditer(r"M(\d+) (\d+)L(\d+) (\d+)", paths(rosette.svg(leaf, "#000"))[1]):
        x, y, to_x, to_y = map(int, ray.groups())
        digits += f"{round((hypot(to_x - x, to_y - y) - 6) / rosette.RAY):x}"
    assert digits == leaf.hex()


@given(st.binary(min_size=32, max_size=32), st.sampled_from([0, 2, 8, 10, 16, 18, 24, 26]))
def test_another_number_of_petals_or_threads_is_woven_otherwise(leaf: bytes, at: int) -> None:
    other = leaf[:at] + bytes([leaf[at] ^ 1]) + leaf[at + 1 :]
    drawn = paths(rosette.svg(leaf, "#000"))[0]
    again = paths(rosette.svg(other, "#000"))[0]
    assert drawn != again


@given(st.binary(min_size=32, max_size=32))
def test_a_rosette_stays_within_its_square_and_leaves_its_middle_empty(leaf: bytes) -> None:
    threads, rays = paths(rosette.svg(leaf, "#000"))
    starts = [tuple(map(int, start.groups())) for start in re.finditer(r"M(\d+) (\d+)q", threads)]
    assert all(rosette.HOLE - 1 <= hypot(x - 1000, y - 1000) <= rosette.RIM for x, y in starts)
    assert all(0 <= int(number) <= rosette.SIDE for number in re.findall(r"\d+", rays))


@pytest.mark.parametrize("wrong", [b"", LEAF[:31], LEAF + b"\0"])
def test_only_a_hash_has_a_rosette(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="expected a hash of 32 bytes"):
        rosette.svg(wrong, "#000")
