"""Two versions beside each other: what is added, removed and changed, and nothing for what is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api.console.schemes.carried import read
from api.console.schemes.differences import differing, lines
from ledger.domain.events.scheme import Activity, Competency, Criterion, RubricLevel, SchemeVersionDrafted
from tests.api.console.schemes.test_carried import FILE

BASE = read(FILE).content
EXTRA = Competency(id="writing", name_en="Writing", name_fr="Rédaction", cut=2)
_OPENING, _RULINGS, _INTERVIEW = BASE.activities


def test_equal_versions_have_lines_that_are_all_the_same() -> None:
    assert {line.kind for line in lines(BASE, BASE)} == {"same"}
    assert differing(BASE, replace(BASE, version="1.1.0")) == []


def test_a_first_version_is_new_as_a_whole() -> None:
    assert {line.kind for line in differing(None, BASE)} == {"added"}


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (replace(BASE, seats=8), [("seats", "changed", "6", "8")]),
        (replace(BASE, validity_months=None), [("validity", "changed", "24", "no expiry")]),
        (replace(BASE, competencies=(*BASE.competencies, EXTRA)), [("writing", "added", "", "Writing: level 2")]),
        (replace(BASE, criteria=BASE.criteria[:1]), [("endorsement", "removed", BASE.criteria[1].name_en, "")]),
        (
            replace(BASE, criteria=BASE.criteria[::-1]),
            [("order", "changed", "origin-experience, endorsement", "endorsement, origin-experience")],
        ),
        (
            replace(BASE, activities=(_OPENING, replace(_RULINGS, competencies=("verifying-proofs",)), _INTERVIEW)),
            [
                (
                    "rulings",
                    "changed",
                    "Rulings exercise: Determining origin, Verifying proofs of origin",
                    "Rulings exercise: Verifying proofs of origin",
                )
            ],
        ),
        (
            replace(BASE, levels=(*BASE.levels[:3], RubricLevel(level=4, anchor_en="Leads", anchor_fr="Guide"))),
            [("level 4", "changed", BASE.levels[3].anchor_en, "Leads")],
        ),
    ],
    ids=lambda given: "" if isinstance(given, SchemeVersionDrafted) else given[0][0],
)
def test_each_difference_is_one_line(after: SchemeVersionDrafted, says: list[tuple[str, str, str, str]]) -> None:
    found = [
        (
            line.of.en,
            line.kind,
            "" if line.before is None else line.before.en,
            "" if line.after is None else line.after.en,
        )
        for line in differing(BASE, after)
    ]
    assert [(kind, before, now) for _, kind, before, now in found] == [row[1:] for row in says]


def test_the_order_of_ticks_in_the_plan_is_no_difference() -> None:
    turned = replace(_RULINGS, competencies=_RULINGS.competencies[::-1])
    assert differing(BASE, replace(BASE, activities=(_OPENING, turned, _INTERVIEW))) == []


NAMES = st.sampled_from(["a", "b", "a, b", "a: level 2"])
IDS = st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=3)


@st.composite
def versions(draw: st.DrawFn) -> SchemeVersionDrafted:
    """Small versions, alike in many ways, with names that look like what the lines say."""
    ids = draw(IDS)
    return replace(
        BASE,
        criteria=tuple(Criterion(id=one, name_en=draw(NAMES), name_fr="f") for one in draw(IDS)),
        competencies=tuple(
            Competency(id=one, name_en=draw(NAMES), name_fr="f", cut=draw(st.integers(2, 3))) for one in ids
        ),
        activities=tuple(
            Activity(id=one, name_en=draw(NAMES), name_fr="f", competencies=tuple(draw(st.permutations(ids))[:2]))
            for one in draw(IDS)
        ),
        seats=draw(st.integers(1, 2)),
    )


def plain(version: SchemeVersionDrafted) -> SchemeVersionDrafted:
    """The version with the ticks of each activity in one order."""
    rows = tuple(replace(one, competencies=tuple(sorted(one.competencies))) for one in version.activities)
    return replace(version, activities=rows)


@given(versions(), versions())
def test_nothing_differs_only_if_the_versions_say_the_same(
    before: SchemeVersionDrafted, after: SchemeVersionDrafted
) -> None:
    assert (differing(before, after) == []) == (plain(before) == plain(after))
    assert differing(before, before) == []
