"""Badges have our own design, are the same for all holders, and are marked as a demonstration."""

from io import BytesIO

import pytest
from lxml.etree import fromstring
from PIL import Image

from ledger.words import Words
from projections.credentials.forms import badge
from tests.projections.credentials.specimen import FACTS, facts_with

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("official", [True, False])
def test_a_badge_is_self_contained_and_says_what_it_is(official: bool) -> None:
    root = fromstring(badge.svg(FACTS, official))
    assert root.getroottree().docinfo.doctype == ""
    title, description = (root.findtext(f"{SVG}{name}") or "" for name in ("title", "desc"))
    assert FACTS.scheme.title.en in title
    assert FACTS.scheme.title.fr in title
    assert "TOA-PCA-FR" in description
    assert ("Demonstration" in description, "Démonstration" in description) == (not official, not official)
    for element in root.iter():
        assert element.tag.startswith(SVG)
        assert element.tag.removeprefix(SVG) not in ("script", "style", "image", "text", "foreignObject", "a")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "href" not in name or value.startswith("#")
            assert "://" not in value


@pytest.mark.parametrize("official", [True, False])
def test_a_badge_is_a_square_of_600_pixels(official: bool) -> None:
    image = Image.open(BytesIO(badge.png(FACTS, official)))
    assert (image.format, image.size, image.mode) == ("PNG", (600, 600), "RGBA")
    assert image.getpixel((0, 0)) == (0, 0, 0, 0)
    # Of a demonstration, a light plate lies across its foot.
    amber = (0xFF, 0xE0, 0x8A, 255)
    assert (image.getpixel((300, 459)) == amber) == (not official)


def test_a_badge_says_nothing_of_its_holder() -> None:
    others = facts_with(holder="Somebody Else", number="TOA-PCA-FR-2024-10-2", salt="x", effective_from=FACTS.start)
    assert badge.svg(others, official=True) is badge.svg(FACTS, official=True)
    assert badge.png(others, official=True) is badge.png(FACTS, official=True)


def test_any_title_fits_and_none_is_code() -> None:
    title = '#panic("code") $x$ <b> & "quoted" ' * 8
    drawn = badge.svg(facts_with(title=Words(title, title), id="a-scheme-with-a-long-name-2026"), official=False)
    assert title in (fromstring(drawn).findtext(f"{SVG}title") or "")
