"""One candidate's result computed again, and what another version of a scheme would have changed, as tables."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date

import msgspec

from api.lists.catalogue import OFFICE, Answer, known_by
from api.lists.listing import Code, Row, Table, Texts, Unasked, filtered
from api.lists.readers import RESULTS, Reader
from api.lists.story import Story
from ledger.domain.decisions import require
from ledger.domain.number import CertificateNumber, Mistyped, NotANumber
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.merges import Merges
from ledger.store.ledger import Ledger
from ledger.words import Words
from projections.insight.recomputing import Case, recompute
from projections.insight.what_if import compare


class Explained(Row, frozen=True, kw_only=True):
    kind: Code
    about: str
    words: Words


class Changed(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    name: str | None
    differs: bool
    outcome: Code
    outcome_if: Code
    seat: bool
    seat_if: bool
    rank: int | None
    rank_if: int | None
    unmet: Texts
    off_rubric: Texts


STEPS = Table(
    name="recompute",
    title=Words("Result, computed again", "Résultat recalculé"),
    about=Words(
        "The result of one candidate from the sheets with the rule of that day, step by step.",
        "Le résultat d’une personne candidate d’après les fiches et la règle de ce jour-là, étape par étape.",
    ),
    row=Explained,
    roles=RESULTS,
)
CHANGES = Table(
    name="what-if",
    title=Words("Under another version", "Selon une autre version"),
    about=Words(
        "Every ranked workshop of the scheme under another version: its rule, cut scores, cells and seats, on the "
        "same sheets and the same selection. Nothing is written.",
        "Tous les ateliers classés du programme selon une autre version\u00a0: sa règle, ses seuils, ses cases et ses "
        "places, avec les mêmes fiches et la même sélection. Rien n’est enregistré.",
    ),
    row=Changed,
    roles=OFFICE,
)


def recomputed(
    ledger: Ledger, subject: str, reader: Reader | None = None, known_on: date | None = None
) -> tuple[Answer, bool]:
    """Returns the steps to the result of a candidacy, by its id or a certificate number. Raises ``Unasked``.

    They follow from what was known by the end of a day. The second value says whether what is recorded is something
    else. Raises ``Refused`` for a ``reader`` who was nominated for the same workshop: the ranking of all is in it.
    """
    story = Story(ledger, known_by(ledger, known_on), with_sheets=True)
    candidacy = _meant(story, subject)
    if reader is not None:
        require.no_candidate(reader.person, candidacy.nominated.session_id, ledger.read())
    plan = story.sessions[candidacy.nominated.session_id].planned
    found = recompute(
        Case(
            candidacy=candidacy,
            plan=plan,
            version=story.schemes[plan.scheme_id].drafts[plan.scheme_version],
            attended=story.attended.get(plan.session_id, ()),
            ranking=story.ranking(plan.session_id),
            one=_as_then(story, candidacy).one,
            named=story.called,
        )
    )
    rows: list[Row] = [Explained(kind=step.kind, about=step.about, words=step.words) for step in found.steps]
    return Answer(STEPS, rows, story.size), found.differs


def under(
    ledger: Ledger,
    scheme_id: str,
    number: str,
    reader: Reader | None = None,
    *,
    known_on: date | None = None,
    filters: Mapping[str, str] | None = None,
) -> Answer:
    """Returns every candidate of the ranked workshops of a scheme under one of its versions. Raises ``Unasked``."""
    story = Story(ledger, known_by(ledger, known_on), reader=reader, with_sheets=True)
    if scheme_id not in story.schemes:
        raise _unknown("scheme", story.schemes)
    if number not in story.schemes[scheme_id].drafts:
        raise _unknown("version", story.schemes[scheme_id].drafts)
    rows = filtered(_changed(story, scheme_id, number), CHANGES, filters or {})
    return Answer(CHANGES, rows, story.size, len(story.left_out))


def _changed(story: Story, scheme_id: str, number: str) -> Iterator[Row]:
    version = story.schemes[scheme_id].drafts[number]
    held = [s.planned for s in story.sessions.values() if s.selected is not None and s.planned.scheme_id == scheme_id]
    for plan in sorted(held, key=lambda plan: (plan.start, plan.session_id)):
        attended, ranking = story.attended[plan.session_id], story.ranking(plan.session_id)
        counted = [
            msgspec.structs.replace(each, sheets={s.sheet_id: s for s in each.counting(_as_then(story, each).one)})
            for each in attended
        ]
        people = {each.candidacy_id: each.nominated.person_id for each in attended}
        for found in compare(counted, ranking, version) if ranking is not None else ():
            yield Changed(
                session_id=plan.session_id,
                candidacy_id=found.candidacy_id,
                name=story.name(people[found.candidacy_id]),
                differs=found.differs,
                outcome=found.outcome_then,
                outcome_if=found.outcome,
                seat=found.has_seat_then,
                seat_if=found.has_seat,
                rank=found.place_then,
                rank_if=found.place,
                unmet=found.unmet,
                off_rubric=tuple(map(str, found.off_rubric)),
            )


def _meant(story: Story, subject: str) -> Candidacy:
    if subject in story.candidacies:
        return story.candidacies[subject]
    with suppress(NotANumber):
        try:
            number = CertificateNumber.read(subject)
        except Mistyped as error:
            raise Unasked("candidacy", error.words) from None
        for certification_id, certification in story.certifications.items():
            grant = certification.grant
            if grant is not None and (grant.session_id, grant.serial) == (number.session_id, number.serial):
                return story.candidacies[certification_id]
    raise Unasked(
        "candidacy",
        Words(
            "no candidacy has this id, and no certificate this number; the list candidates has all ids",
            "aucune candidature n’a cet identifiant, et aucun certificat ce numéro\u202f; la liste candidates contient "
            "tous les identifiants",
        ),
    )


def _as_then(story: Story, candidacy: Candidacy) -> Merges:
    """Who was one person when the outcome of a candidacy was computed, or now if it was not."""
    return story.merges_at.get(candidacy.candidacy_id, story.merges)


def _unknown(field: str, known: Iterable[str]) -> Unasked:
    listed = ", ".join(sorted(known)) or "-"
    return Unasked(field, Words(f"expected one of {listed}", f"l’une de ces valeurs est attendue\u00a0: {listed}"))
