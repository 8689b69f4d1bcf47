"""What another version of a scheme would have changed in workshops that were held. It is computed, and writes nothing.

The sheets stay as they are, and so does the selection: only the rule, the cut scores, the cells, the number of
assessors and the seats of the other version take the place of those that counted.
"""

from collections.abc import Sequence

import msgspec

from ledger.domain.decisions.session import places, rank
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.events.session import RankingComputed
from ledger.domain.outcome import RULES, unmet
from ledger.domain.states.candidacy import Candidacy


class Compared(msgspec.Struct, frozen=True):
    """One candidate under both versions; ``place`` is that among all who meet everything, from 1; ties share one.

    ``unmet`` names what is not met, or is incomplete, under the other version. ``off_rubric`` levels are not on its
    rubric: the comparison is then of levels that nobody gave by it.
    """

    candidacy_id: str
    outcome: str
    outcome_then: str
    has_seat: bool
    has_seat_then: bool
    place: int | None
    place_then: int | None
    unmet: tuple[str, ...]
    off_rubric: tuple[int, ...]

    @property
    def differs(self) -> bool:
        return (self.outcome, self.has_seat) != (self.outcome_then, self.has_seat_then)


def compare(attended: Sequence[Candidacy], then: RankingComputed, other: SchemeVersionDrafted) -> tuple[Compared, ...]:
    """Returns every candidate of a ranked workshop, with ``then`` its ranking, under another version.

    ``attended`` are the candidacies that were ranked, each with the sheets that counted and its outcome.
    """
    rule = RULES[other.decision_rule]
    anew = [msgspec.structs.replace(each, outcome=rule(other, each)) for each in attended]
    ranking = rank(anew, other.seats)
    now, before = places(ranking), places(then)
    rubric = {row.level for row in other.levels}
    return tuple(
        Compared(
            candidacy_id=each.candidacy_id,
            outcome=_outcome(each),
            outcome_then=_outcome(recorded),
            has_seat=each.candidacy_id in ranking.selected,
            has_seat_then=each.candidacy_id in then.selected,
            place=now.get(each.candidacy_id),
            place_then=before.get(each.candidacy_id),
            unmet=unmet(each.outcome) if each.outcome is not None and each.outcome.outcome != "met" else (),
            off_rubric=tuple(sorted(_levels(each) - rubric)),
        )
        for each, recorded in zip(anew, attended, strict=True)
    )


def _outcome(candidacy: Candidacy) -> str:
    assert candidacy.outcome is not None  # a workshop is ranked once everybody who attended has one
    return candidacy.outcome.outcome


def _levels(candidacy: Candidacy) -> set[int]:
    return {level for sheet in candidacy.live_sheets for level in (sheet.levels or {}).values()}
