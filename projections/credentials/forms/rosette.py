"""The rosette of a diploma: drawn from the leaf hash of its award, so that the same hash makes the same rosette.

 1. *Rays.* The rim has 64 rays, clockwise from the top: one for each hexadecimal digit of the hash, and the longer the
    larger it is. Whoever has the hash can read it off.
 2. *Bands.* Each quarter of the hash (8 bytes) weaves a band, the first one outermost. Its bytes choose the number of
    petals (0), their depth (1), the number of threads (2) and the turn (3) of a wave around the middle of the band, and
    the size (4), speed (5), step from thread to thread (6) and turn (7) of a second wave that bends it.

Coordinates are integers, so that the last bits of a sine, which differ between machines, do not show.
"""

from collections.abc import Iterator
from functools import cache
from math import cos, pi, sin

HASH_BYTES = 32
SIDE = 2000  # of the square that it fills
HOLE = 430  # the radius of what stays empty in the middle
RIM, RAY = 900, 6  # the radius at which rays begin, and how much longer one is for each step of its digit
BANDS = ((660, 872), (570, 770), (490, 680), (HOLE, 590))  # the radii between which each lies
PETALS = (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)
STEPS = 6  # points of a thread for each petal


def svg(leaf: bytes, colour: str) -> bytes:
    """Return the rosette of a hash as SVG: lines in one colour, without a background. Raises ValueError."""
    if len(leaf) != HASH_BYTES:
        raise ValueError(f"expected a hash of {HASH_BYTES} bytes, not {len(leaf)}")
    quarters = (leaf[at : at + 8] for at in range(0, HASH_BYTES, 8))
    bands = "".join(thread for quarter, radii in zip(quarters, BANDS, strict=True) for thread in _band(quarter, *radii))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" fill="none" stroke="{colour}">'
        f'<path stroke-width="5" d="{bands}"/><circle cx="{SIDE // 2}" cy="{SIDE // 2}" r="{RIM}" stroke-width="6"/>'
        f'<path stroke-width="22" d="{"".join(_rays(leaf.hex()))}"/></svg>'
    ).encode()


def _rays(digits: str) -> Iterator[str]:
    for place, digit in enumerate(digits):
        angle = 2 * pi * place / len(digits)
        (x, y), (to_x, to_y) = _point(RIM, angle), _point(RIM + 6 + RAY * int(digit, 16), angle)
        yield f"M{x} {y}L{to_x} {to_y}"


def _band(chosen: bytes, inner: int, outer: int) -> Iterator[str]:
    """The threads of a band, each a closed curve."""
    petals, depth, threads, turn = PETALS[chosen[0] % 16], 0.5 + 0.3 * chosen[1] / 255, 4 + chosen[2] % 3, chosen[3]
    bend, speed, step, bend_turn = 0.2 * chosen[4] / 255, 2 + chosen[5] % 2, chosen[6], chosen[7]
    middle, reach = (inner + outer) / 2, (outer - inner) / 2
    around = _around(petals)
    for thread in range(threads):
        wave_at = 2 * pi * (turn / 256 + thread / threads)
        bend_at = 2 * pi * (bend_turn + step * thread) / 256
        within = [2 * pi * at / STEPS for at in range(STEPS)]  # a petal: both waves repeat in the next
        waves = [depth * sin(angle + wave_at) + bend * sin(speed * angle + bend_at) for angle in within]
        radii = [middle + reach * wave for wave in waves] * petals
        yield _closed(
            [
                (round(SIDE / 2 + radius * to_right), round(SIDE / 2 - radius * up))
                for radius, (to_right, up) in zip(radii, around, strict=True)
            ]
        )


@cache
def _around(petals: int) -> list[tuple[float, float]]:
    """The sine and cosine of each angle at which a thread of so many petals has a point."""
    angles = (2 * pi * at / (petals * STEPS) for at in range(petals * STEPS))
    return [(sin(angle), cos(angle)) for angle in angles]


def _closed(points: list[tuple[int, int]]) -> str:
    """A smooth curve around all points: a parabola from the middle of each side to the next, towards the corner."""
    (last_x, last_y), (first_x, first_y) = points[-1], points[0]
    x, y = (last_x + first_x) // 2, (last_y + first_y) // 2
    path = [f"M{x} {y}"]
    for (at_x, at_y), (after_x, after_y) in zip(points, [*points[1:], points[0]], strict=True):
        to_x, to_y = (at_x + after_x) // 2, (at_y + after_y) // 2
        path.append(f"q{at_x - x} {at_y - y} {to_x - x} {to_y - y}")
        x, y = to_x, to_y
    return "".join(path) + "z"


def _point(radius: float, angle: float) -> tuple[int, int]:
    """The point at an angle, clockwise from the top."""
    return round(SIDE / 2 + radius * sin(angle)), round(SIDE / 2 - radius * cos(angle))
