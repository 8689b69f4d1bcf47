"""What was entered in the editor, from one page to the next."""

import msgspec
import pytest

from api.console.forms.reading import read as read_form
from api.console.forms.typed import MAX_TEXTS, TooMuch, Typed
from api.console.schemes.carried import DRAFT
from api.console.schemes.editing import of_page, of_version, proposed_id, require_room
from tests.api.console.schemes.test_differences import BASE


@pytest.mark.parametrize(
    ("name", "taken", "made"),
    [
        ("Practical skills", set(), "practical-skills"),
        ("Practical skills", {"practical-skills"}, "practical-skills-2"),
        ("Résumé & d’analyse", set(), "resume-danalyse"),
        ("3 years of audit", set(), "years-of-audit"),
        ("2017", set(), ""),
        ("x" * 100, set(), "x" * 60),
    ],
)
def test_an_id_is_made_of_the_english_name(name: str, taken: set[str], made: str) -> None:
    assert proposed_id(name, taken) == made


def test_a_version_that_is_entered_reads_as_it_was() -> None:
    arguments, errors = read_form(DRAFT, of_version(BASE, keep_number=True))
    del arguments["scheme_id"]
    assert errors.keys() == {"scheme_id"}
    assert msgspec.convert(arguments, type(BASE)) == BASE
    assert not of_version(BASE, keep_number=False).has("version")


def test_the_plan_follows_a_competency_whose_id_is_changed_and_one_that_moves() -> None:
    pairs = [
        ("competencies.0.id", "first"),
        ("competencies.0.name_en", "First"),
        ("competencies.1.id", "renamed"),
        ("competencies.1.name_en", "Second"),
        ("activities.0.id", ""),
        ("activities.0.name_en", "Case study"),
        ("activities.0.competencies", "1"),
    ]
    typed = of_page(pairs, "up:competencies.1")
    assert typed.text("competencies.0.id") == "renamed"
    assert typed.text("competencies.1.name_en") == "First"
    assert typed.text("activities.0.id") == "case-study"
    assert typed.all("activities.0.competencies") == ("renamed",)


def test_a_place_that_no_competency_has_ticks_nothing() -> None:
    pairs = [("competencies.0.id", "a"), ("activities.0.id", "b"), ("activities.0.competencies", "7")]
    assert of_page(pairs, "up:activities.9").all("activities.0.competencies") == ()


def test_a_level_that_is_described_is_numbered_after_the_one_before() -> None:
    typed = of_page([("levels.0.level", "3"), ("levels.1.level", ""), ("levels.1.anchor_en", "More")], "update")
    assert typed.text("levels.1.level") == "4"


def test_a_plan_with_more_boxes_than_a_form_may_have_is_refused() -> None:
    ids = {f"{group}.{row}.id": ("a",) for group in ("competencies", "activities") for row in range(64)}
    with pytest.raises(TooMuch, match=str(MAX_TEXTS)):
        require_room(Typed(ids))
