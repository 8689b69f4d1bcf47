"""Badges have our own design, are the same for all holders of a title and year, and are marked as a demonstration."""

from io import BytesIO

import pytest
from lxml.etree import fromstring
from PIL import Image

from ledger.words import LANGUAGES, Language, Words
from projections.credentials.forms import badge
from tests.projections.credentials.specimen import FACTS, facts_with

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("official", [True, False])
def test_a_badge_is_self_contained_and_says_what_it_is(official: bool) -> None:
    root = fromstring(badge.svg(FACTS, official))
    assert root.getroottree().docinfo.doctype == ""
    title, description = (root.findtext(f"{SVG}{name}") or "" for name in ("title", "desc"))
    assert title.replace("\N{NO-BREAK SPACE}", " ") == FACTS.scheme.title.fr
    assert root.get("lang") == "fr"
    assert FACTS.body.fr in description
    assert "2024" in description
    assert FACTS.scheme.id.upper() not in title + description, "an internal code"
    assert ("Démonstration" in description) == (not official)
    for element in root.iter():
        assert element.tag.startswith(SVG)
        assert element.tag.removeprefix(SVG) not in ("script", "style", "image", "text", "foreignObject", "a")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "href" not in name or value.startswith("#")
            assert "://" not in value


def test_a_badge_has_one_language_and_the_other_is_a_picture_of_its_own() -> None:
    def design(language: Language) -> badge.Design:
        return badge.Design.of(FACTS.body, FACTS.scheme.title, 2024, official=True, language=language)

    assert badge.svg_of(design("fr")) == badge.svg(FACTS, official=True)
    assert badge.svg_of(design("en")) == badge.svg(facts_with(language="en"), official=True)
    assert badge.png_of(design("en")) != badge.png_of(design("fr"))


@pytest.mark.parametrize("official", [True, False])
def test_a_badge_is_a_square_of_600_pixels(official: bool) -> None:
    image = Image.open(BytesIO(badge.png(FACTS, official)))
    assert (image.format, image.size) == ("PNG", (600, 600))
    drawn = image.convert("RGBA")
    assert drawn.getpixel((0, 0))[3] == 0  # type: ignore[index]  # of RGBA, a pixel is a tuple
    # The ribbon of a demonstration is amber, and a plate lies across its foot.
    assert (_is_amber(drawn, (30, 400)), _is_amber(drawn, (300, 515))) == (not official, not official)
    assert len(badge.png(FACTS, official)) < 40_000


def _is_amber(image: Image.Image, at: tuple[int, int]) -> bool:
    red, _, blue, _ = image.getpixel(at)  # type: ignore[misc]  # of RGBA, a pixel is a tuple
    return red > 240 and 110 < blue < 160


@pytest.mark.parametrize("ground", ["white", "#12181f"])
def test_a_badge_stands_out_from_a_light_and_a_dark_ground_at_64_pixels(ground: str) -> None:
    page = Image.new("RGBA", (64, 64), ground)
    page.alpha_composite(Image.open(BytesIO(badge.png(FACTS, official=True))).convert("RGBA").resize((64, 64)))
    grey = page.convert("L")
    assert max(abs(grey.getpixel((x, 32)) - grey.getpixel((0, 0))) for x in range(6)) > 100  # type: ignore[operator]
    year = grey.crop((20, 21, 44, 31))  # light figures on a dark disc
    darkest, lightest = year.getextrema()
    assert lightest - darkest > 180  # type: ignore[operator]


def test_a_badge_says_nothing_of_its_holder() -> None:
    others = facts_with(holder="Somebody Else", number="TOA-PCA-FR-2024-10-2", salt="x", effective_from=FACTS.start)
    assert badge.svg(others, official=True) is badge.svg(FACTS, official=True)
    assert badge.png(others, official=True) is badge.png(FACTS, official=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_title_fits_and_none_is_code(language: Language) -> None:
    title = '#panic("code") $x$ <b> & "quoted" ' * 8
    long = facts_with(title=Words(title, title), body=Words(title, title), language=language)
    drawn = badge.svg(long, official=False)
    assert title in (fromstring(drawn).findtext(f"{SVG}title") or "")
