"""The colours of the pages keep their contrasts (WCAG 2.2, 1.4.3 and 1.4.11), in light and in dark."""

import re
from pathlib import Path

import pytest

import api
from api.looks import COLOUR, READABLE, contrast

STYLE = (Path(api.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
TONES = ("green", "amber", "red", "slate")
NOTICEABLE = 3.0  # of a border, a shape or a focus ring


def tokens(style: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", style))


LIGHT = tokens(STYLE.partition("prefers-color-scheme: dark")[0])
DARK = LIGHT | tokens(STYLE.partition("prefers-color-scheme: dark")[2].partition("\n}\n")[0])
GROUNDS = ["paper", "tint", "demonstration", *(f"{tone}-ground" for tone in TONES)]


def test_the_dark_colours_are_others() -> None:
    same = {name for name in LIGHT if LIGHT[name] == DARK[name]}
    assert same == {"brand", "on-brand", "focus-on-brand"}
    assert LIGHT["brand"] == COLOUR


def test_the_page_that_verifies_offline_has_the_same_colours() -> None:
    light, _, dark = (
        (Path(api.__file__).parent / "offline" / "verify.html")
        .read_text(encoding="utf-8")
        .partition("prefers-color-scheme: dark")
    )
    assert len(tokens(light)) > len(tokens(dark)) >= 10
    assert tokens(light).items() <= LIGHT.items()
    assert tokens(dark).items() <= DARK.items()


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(colours: dict[str, str]) -> None:
    pairs = [(text, ground) for ground in GROUNDS for text in ("ink", "link")]
    pairs += [("quiet", "paper"), ("quiet", "tint"), ("on-brand", "brand")]
    pairs += [(tone, ground) for tone in TONES for ground in (f"{tone}-ground", "paper", "tint")]
    assert {pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < READABLE} == set()


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_focus_and_edges_are_noticed_on_every_ground(colours: dict[str, str]) -> None:
    pairs = [(mark, ground) for ground in GROUNDS for mark in ("focus", "edge")]
    assert {pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < NOTICEABLE} == set()


def test_focus_is_noticed_on_every_colour_that_a_body_may_choose() -> None:
    """The lightest colours on which white can be read are the worst."""
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(256)]
    lightest = [grey for grey in greys if contrast(grey, "#ffffff") >= READABLE][-1]
    assert contrast(LIGHT["focus-on-brand"], lightest) >= NOTICEABLE


def test_every_status_has_a_shape_of_its_own() -> None:
    shapes = dict(re.findall(r"--shape-([a-z-]+): (url\(.*?\));", STYLE))
    used = re.findall(r"var\(--shape-([a-z-]+)\)", STYLE)
    assert set(used) == set(shapes)
    assert len(set(shapes.values())) == len(shapes) == 10
