"""What two versions of a scheme say, line by line beside each other."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from api.console.forms.words_within import said
from api.words.vocabulary import CODES
from ledger.domain.events.scheme import Activity, Competency, Criterion, SchemeVersionDrafted
from ledger.words import LANGUAGES, Words

NUMBERS = ("assessors_per_cell", "seats", "validity_months", "renewal_window_months", "separation_months")
OPTIONS = (
    "field_phase_months", "recognises", "renewal_hours", "renewal_missions", "renewal_refreshers",
    "surveillance_months", "steps", "qualified_assessors", "appeal_days", "acknowledgement_days", "decision_days",
    "retention_months",
)  # fmt: skip
NOT_SET, YES, NO = Words("not set", "non fixé"), Words("yes", "oui"), Words("no", "non")
NO_EXPIRY = Words("no expiry", "sans échéance")
NOT_ASSESSED = Words("not assessed", "non évaluée")
_ORDER = Words("order", "ordre")


class Line(NamedTuple):
    """One thing that a version may say: ``part`` of the version, what the line is ``of``, and what each says or not.

    What each says may be the same in words only: whether it is the same is known from the facts.
    """

    part: Words
    of: Words
    before: Words | None
    after: Words | None
    is_same: bool

    @property
    def kind(self) -> str:
        """How the second differs from the first: added, removed, changed or same."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "same" if self.is_same else "changed"


def lines(before: SchemeVersionDrafted | None, after: SchemeVersionDrafted) -> list[Line]:
    """Return what either version says; without a first one, all is added."""
    return [
        *_rows("criteria", _criteria(before), _criteria(after)),
        *_rows("competencies", _competencies(before), _competencies(after)),
        *_rows("activities", _activities(before), _activities(after)),
        *_rows("levels", _levels(before), _levels(after)),
        *_rows("", _numbers(before), _numbers(after)),
    ]


def differing(before: SchemeVersionDrafted | None, after: SchemeVersionDrafted) -> list[Line]:
    """Return only what the second version adds, removes or changes."""
    return [line for line in lines(before, after) if line.kind != "same"]


class _Said(NamedTuple):
    of: Words
    says: Words
    fact: object


_Part = dict[str, _Said]  # by id


def _rows(part: str, before: _Part, after: _Part) -> Iterator[Line]:
    label = said("draft-scheme-version", part).label if part else Words("Rule and numbers", "Règle et nombres")
    for one in dict.fromkeys([*after, *before]):
        was, now = before.get(one), after.get(one)
        of = (now or before[one]).of
        yield Line(label, of, was and was.says, now and now.says, is_same=was == now)
    kept = [[one for one in each if one in before and one in after] for each in (before, after)]
    if kept[0] != kept[1]:
        yield Line(label, _ORDER, _listed(kept[0], before), _listed(kept[1], after), is_same=False)


def _criteria(version: SchemeVersionDrafted | None) -> _Part:
    return {} if version is None else {one.id: _Said(_id(one), _names(one), one) for one in version.criteria}


def _competencies(version: SchemeVersionDrafted | None) -> _Part:
    if version is None:
        return {}
    return {
        one.id: _Said(
            _id(one),
            Words(f"{one.name_en}: level {one.cut}", f"{one.name_fr}\N{NO-BREAK SPACE}: niveau {one.cut}"),
            one,
        )
        for one in version.competencies
    }


def _activities(version: SchemeVersionDrafted | None) -> _Part:
    if version is None:
        return {}
    found = ((one, assessed_in(one, version)) for one in version.activities)
    return {
        one.id: _Said(_id(one), _assessing(one, assessed), (_names(one), frozenset(one.competencies)))
        for one, assessed in found
    }


def assessed_in(activity: Activity, version: SchemeVersionDrafted) -> list[Competency]:
    """Return what is assessed in an activity, in the order of the competencies: the plan is a set of cells."""
    return [one for one in version.competencies if one.id in activity.competencies]


def _assessing(activity: Activity, assessed: list[Competency]) -> Words:
    names = _names(activity)
    what = _together([_names(one) for one in assessed]) if assessed else NOT_ASSESSED
    return Words(f"{names.en}: {what.en}", f"{names.fr}\N{NO-BREAK SPACE}: {what.fr}")


def _levels(version: SchemeVersionDrafted | None) -> _Part:
    if version is None:
        return {}
    return {
        str(one.level): _Said(
            Words(f"level {one.level}", f"niveau {one.level}"), Words(one.anchor_en, one.anchor_fr), one
        )
        for one in version.levels
    }


def _numbers(version: SchemeVersionDrafted | None) -> _Part:
    if version is None:
        return {}
    found = {"decision_rule": _Said(_label("decision_rule"), CODES[version.decision_rule], version.decision_rule)}
    for name in NUMBERS:
        number = getattr(version, name)
        says = NO_EXPIRY if number is None else Words(str(number), str(number))
        found[name] = _Said(_label(name), says, number)
    for name, (label, says) in options(version).items():
        found[name] = _Said(label, says, getattr(version, name))
    return found


def options(version: SchemeVersionDrafted) -> dict[str, tuple[Words, Words]]:
    """Return what a version asks for beyond the workshop: the label and what it says, by the name of the field."""
    return {name: (_label(name), _option(getattr(version, name))) for name in OPTIONS}


def _option(value: object) -> Words:
    match value:
        case None | ():
            return NOT_SET
        case bool():
            return YES if value else NO
        case tuple():
            return _together([CODES[code] for code in value])
        case _:
            return Words(str(value), str(value))


def _label(name: str) -> Words:
    return said("draft-scheme-version", name).label


def _id(one: Criterion | Competency | Activity) -> Words:
    return Words(one.id, one.id)


def _names(one: Criterion | Competency | Activity) -> Words:
    return Words(one.name_en, one.name_fr)


def _listed(ids: Iterable[str], part: _Part) -> Words:
    return _together([part[one].of for one in ids])


def _together(names: list[Words]) -> Words:
    return Words(*(", ".join(name.into(to) for name in names) for to in LANGUAGES))
