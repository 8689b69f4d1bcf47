"""The documentation uses the words of the program, French typography, and paths that exist."""

import re
from pathlib import Path

import pytest

from ledger.domain.form import SEALED_FORMS
from ledger.domain.record import ROLE_LABELS
from ledger.domain.subjects import CURRENT_TYPES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|aujourd)'[a-zà-ÿ]", re.IGNORECASE)
OURS = re.compile(r"`((?:api|docs|ledger|projections|tests)/[\w./-]*)")


def spaced(french: str) -> str:
    """Replace the plain spaces before a colon by the no-break spaces of French typography."""
    return french.replace(" :", "\u00a0:")


def rows() -> set[tuple[str, str, str]]:
    """English term, French term and place of each row of the glossary."""
    page = (ROOT / "docs" / "reference" / "words.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:2] == "| "]
    return {(english, french, place.strip("`")) for english, french, _, place in cells}


EVENTS = {(row.label.en, spaced(row.label.fr), row.wire_name) for row in CURRENT_TYPES}
ROLES = {(label.en, label.fr, str(role)) for role, label in ROLE_LABELS.items()}


def test_every_event_and_every_role_is_in_the_glossary() -> None:
    assert (EVENTS | ROLES) - rows() == set()


def test_every_value_behind_a_digest_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "statements.md").read_text(encoding="utf-8")
    table = page.partition("### Values behind digests")[2].partition("## Envelope")[0]
    assert [name for name in SEALED_FORMS if f"`{name}`" not in table] == []


@pytest.mark.parametrize("language", [0, 1])
def test_a_word_names_one_thing(language: int) -> None:
    terms = sorted(row[language] for row in rows() - ROLES)
    assert [term for term in terms if terms.count(term) > 1] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_french_has_typographic_apostrophes(page: Path) -> None:
    assert ELISION.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = OURS.findall(page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []
