"""One candidate's result computed again from the score sheets, with the rule of that day, step by step in words."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from ledger.domain.decisions.session import places, rank, reaches_a_seat
from ledger.domain.events.candidacy import AssessmentOutcomeComputed, CellTrace, CompetencyTrace
from ledger.domain.events.common import Ratio
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.events.session import RankingComputed, SessionPlanned
from ledger.domain.outcome import RULES, is_complete, unmet
from ledger.domain.states.candidacy import Candidacy, Sheet
from ledger.words import Words, day_in_words

PLACES = Decimal("0.001")  # that are shown beside an exact fraction


class Kind(StrEnum):
    """What a step is about, in the order of the steps."""

    RULE = "rule"
    SHEET = "sheet"
    CELL = "cell"
    COMPETENCY = "competency"
    OUTCOME = "outcome"
    RECORDED = "recorded"
    RANK = "rank"
    SEAT = "seat"
    RESULT = "result"


class Step(msgspec.Struct, frozen=True):
    """One step: ``about`` is the id of what it is about, such as a sheet or a competency."""

    kind: Kind
    about: str
    words: Words


class Case(msgspec.Struct, frozen=True):
    """What a result follows from: the candidacy, its workshop with the rule, and all who were assessed there.

    ``attended`` are those with an outcome, with the recorded one; it is empty before a ranking can be computed.
    ``ranking`` is the recorded one. ``one`` returns the id under which a human counts, as known when the outcome was
    computed; ``named`` what to call a person.
    """

    candidacy: Candidacy
    plan: SessionPlanned
    version: SchemeVersionDrafted
    attended: Sequence[Candidacy]
    ranking: RankingComputed | None
    one: Callable[[str], str]
    named: Callable[[str], str]


class Recomputed(msgspec.Struct, frozen=True):
    """The outcome and the result that the rules give, and how. ``differs``: what is recorded is something else.

    ``result`` is ``granted`` (``pre-accredited`` where the scheme has a field phase), ``not-met``, ``incomplete`` or
    ``qualified-not-selected``; None while there is no recorded ranking. Of a candidacy on which nothing is decided it
    is ``candidacy-withdrawn``, ``not-selected`` or ``undecided``. Without a selection there is no outcome.
    """

    outcome: AssessmentOutcomeComputed | None
    result: str | None
    differs: bool
    steps: tuple[Step, ...]


def recompute(case: Case) -> Recomputed:
    """Returns the outcome and the result of a candidacy, computed again, with every step that led there."""
    if case.candidacy.eligible is not True:
        undecided = _undecided(case.candidacy)
        return Recomputed(None, undecided.about, False, (_rule(case), undecided))
    counting = {sheet.sheet_id: sheet for sheet in case.candidacy.counting(case.one)}
    outcome = RULES[case.version.decision_rule](case.version, msgspec.structs.replace(case.candidacy, sheets=counting))
    recorded, ranking = case.candidacy.outcome, None
    if case.attended:
        # What others found after an appeal was never ranked: the ranking is that of before.
        rescored = bool(case.candidacy.reopened_after)
        attended = case.attended if rescored else [_with(outcome, c, case) for c in case.attended]
        ranking = rank(list(attended), case.version.seats)
    steps = [_rule(case), *_sheets(case), *_cells(case, outcome), *_competencies(case, outcome)]
    steps.append(_outcome(outcome, is_computed=recorded is not None))
    differs = recorded is not None and recorded != outcome
    if recorded is not None:
        steps.append(_recorded("outcome", is_same=not differs))
    result = None
    if ranking is not None and case.ranking is not None:
        result = _result(case, outcome, ranking)
        is_same = ranking == case.ranking
        differs = differs or not is_same
        steps += [*_ranks(case, ranking), _recorded("ranking", is_same=is_same), _said(result, outcome, case)]
    if case.candidacy.withdrawn:  # whatever they reached, nothing is decided
        steps = [step for step in steps if step.kind is not Kind.RESULT] + [_undecided(case.candidacy)]
        result = steps[-1].about
    return Recomputed(outcome, result, differs, tuple(steps))


def _undecided(candidacy: Candidacy) -> Step:
    """Why no certification is decided: of who withdrew, was not selected, or waits for the selection."""
    if candidacy.withdrawn_from is not None:
        day = day_in_words(candidacy.withdrawn_from)
        en, fr = f"withdrew with effect from {day.en}", f"désistement avec effet au {day.fr}"
        return Step(
            Kind.RESULT, "candidacy-withdrawn", Words(f"Nothing is decided: {en}", f"Aucune décision\u00a0: {fr}")
        )
    if candidacy.eligible is False:
        words = Words(
            "Nothing is decided: not selected by the panel",
            "Aucune décision\u00a0: non retenue par le jury de sélection",
        )
        return Step(Kind.RESULT, "not-selected", words)
    return Step(Kind.RESULT, "undecided", Words("The selection is not decided yet", "La sélection n’est pas décidée"))


def _with(outcome: AssessmentOutcomeComputed, candidacy: Candidacy, case: Case) -> Candidacy:
    is_theirs = candidacy.candidacy_id == case.candidacy.candidacy_id
    return msgspec.structs.replace(candidacy, outcome=outcome) if is_theirs else candidacy


def _result(case: Case, outcome: AssessmentOutcomeComputed, ranking: RankingComputed) -> str:
    if outcome.outcome != "met":
        return outcome.outcome
    has_seat = case.candidacy.candidacy_id in ranking.selected
    if case.candidacy.reopened_after:
        has_seat = reaches_a_seat(msgspec.structs.replace(case.candidacy, outcome=outcome), ranking)
    if not has_seat:
        return "qualified-not-selected"
    return "granted" if case.version.field_phase_months is None else "pre-accredited"


def _rule(case: Case) -> Step:
    version, plan = case.version, case.plan
    return Step(
        Kind.RULE,
        version.decision_rule,
        Words(
            f"Scheme {plan.scheme_id} {version.version}, rule {version.decision_rule}: a competency is met when the "
            f"mean of all its levels is at or above its cut score; each cell needs {version.assessors_per_cell} "
            f"assessors; {version.seats} seats",
            f"Programme {plan.scheme_id} {version.version}, règle {version.decision_rule}\u00a0: une compétence est "
            f"atteinte si la moyenne de tous ses niveaux est au moins égale au seuil\u202f; chaque case demande "
            f"{version.assessors_per_cell} évaluateurs\u202f; {version.seats} places",
        ),
    )


def _sheets(case: Case) -> list[Step]:
    counting = {sheet.sheet_id for sheet in case.candidacy.counting(case.one)}
    return [_sheet(sheet, case, counts=sheet.sheet_id in counting) for sheet in case.candidacy.sheets.values()]


def _sheet(sheet: Sheet, case: Case, *, counts: bool) -> Step:
    activity, names = _activity(sheet.activity, case.version), _competency_names(case.version)
    if sheet.levels is None:
        levels = Words("sealed", "sous scellé")
    else:
        found = [(names.get(each, Words(each, each)), level) for each, level in sorted(sheet.levels.items())]
        levels = Words(*(", ".join(f"{name[i]} {level}" for name, level in found) for i in range(2)))
    if counts:
        use = Words("counts", "compte")
    elif not sheet.live:
        use = Words("superseded or set aside, does not count", "remplacée ou écartée, ne compte pas")
    else:
        use = Words("second sheet of one person, does not count", "seconde fiche d’une même personne, ne compte pas")
    by = case.named(sheet.assessor)
    return Step(
        Kind.SHEET,
        sheet.sheet_id,
        Words(
            f"Sheet of {by} on {activity.en}: {levels.en}; {use.en}",
            f"Fiche de {by}, {activity.fr}\u00a0: {levels.fr}\u202f; {use.fr}",
        ),
    )


def _cells(case: Case, outcome: AssessmentOutcomeComputed) -> list[Step]:
    moderators = {(held.activity, held.competency): by for by, held in case.candidacy.moderations}
    return [_cell(cell, case, moderators.get((cell.activity, cell.competency))) for cell in outcome.cells]


def _cell(cell: CellTrace, case: Case, moderator: str | None) -> Step:
    where = _cell_name(cell, case.version)
    found = ", ".join(str(sheet.level) for sheet in cell.sheets)
    levels = Words(found or "no level", found or "aucun niveau")
    if not is_complete(cell):
        counted = Words(
            f"incomplete: {len(cell.sheets)} of {cell.required} levels",
            f"incomplète\u00a0: {len(cell.sheets)} niveaux sur {cell.required}",
        )
    elif cell.moderated is not None and moderator is not None:
        by = case.named(moderator)
        counted = Words(
            f"settled at {cell.moderated} by {by}, in place of each", f"fixé à {cell.moderated} par {by}, pour chacun"
        )
    else:
        counted = Words("complete", "complète")
    return Step(
        Kind.CELL,
        f"{cell.activity}/{cell.competency}",
        Words(f"{where.en}: {levels.en}; {counted.en}", f"{where.fr}\u00a0: {levels.fr}\u202f; {counted.fr}"),
    )


def _competencies(case: Case, outcome: AssessmentOutcomeComputed) -> list[Step]:
    names = _competency_names(case.version)
    return [_competency(trace, names[trace.competency]) for trace in outcome.competencies]


def _competency(trace: CompetencyTrace, name: Words) -> Step:
    met = {True: Words("met", "atteinte"), False: Words("not met", "non atteinte"), None: Words("open", "indéterminée")}
    verdict = met[trace.met]
    mean = _shown(Fraction(trace.total, trace.count)) if trace.count else Words("none", "aucune")
    return Step(
        Kind.COMPETENCY,
        trace.competency,
        Words(
            f"{name.en}: {trace.total} in {trace.count} levels, mean {mean.en}, cut score {trace.cut}: {verdict.en}",
            f"{name.fr}\u00a0: {trace.total} en {trace.count} niveaux, moyenne {mean.fr}, seuil {trace.cut}\u00a0: "
            f"{verdict.fr}",
        ),
    )


def _outcome(outcome: AssessmentOutcomeComputed, *, is_computed: bool) -> Step:
    """The outcome. Before it is computed sheets may be sealed or missing, so that ``incomplete`` is no result yet."""
    name = Words("Outcome", "Résultat")
    if not is_computed:
        name = Words(
            "Not computed yet; from what is revealed so far", "Pas encore calculé\u202f; d’après les fiches dévoilées"
        )
    if outcome.outcome == "incomplete":
        words = Words("incomplete: a cell has too few levels", "incomplet\u00a0: une case a trop peu de niveaux")
    elif outcome.outcome == "met":
        words = Words("every competency is met", "toutes les compétences sont atteintes")
    else:
        words = Words("a competency is not met", "une compétence n’est pas atteinte")
    total = Words("", "")
    if outcome.composite is not None:
        shown = _shown(_fraction(outcome.composite))
        total = Words(f"; sum of the means {shown.en}", f"\u202f; somme des moyennes {shown.fr}")
    return Step(
        Kind.OUTCOME,
        outcome.outcome,
        Words(f"{name.en}: {words.en}{total.en}", f"{name.fr}\u00a0: {words.fr}{total.fr}"),
    )


def _recorded(what: str, *, is_same: bool) -> Step:
    name = {"outcome": Words("outcome", "résultat"), "ranking": Words("ranking", "classement")}[what]
    says = Words("is the same", "est le même") if is_same else Words("is ANOTHER one", "est DIFFÉRENT")
    return Step(Kind.RECORDED, what, Words(f"The recorded {name.en} {says.en}", f"Le {name.fr} enregistré {says.fr}"))


def _ranks(case: Case, ranking: RankingComputed) -> list[Step]:
    people = {c.candidacy_id: c.nominated.person_id for c in case.attended}
    steps, shared = [], places(ranking)
    for number, ranked in enumerate(ranking.order, 1):
        name, shown = case.named(people[ranked.candidacy_id]), _shown(_fraction(ranked.composite))
        seated = ranked.candidacy_id in ranking.selected
        tied, place = seated and number > ranking.seats, shared[ranked.candidacy_id]
        en = "seat, tied with the last one" if tied else "seat" if seated else "no seat left"
        fr = "place, à égalité avec la dernière" if tied else "place attribuée" if seated else "plus de place"
        kind = Kind.SEAT if seated else Kind.RANK
        steps.append(
            Step(
                kind,
                ranked.candidacy_id,
                Words(f"{place}. {name}: {shown.en}; {en}", f"{place}. {name}\u00a0: {shown.fr}\u202f; {fr}"),
            )
        )
    return steps


def _said(result: str, outcome: AssessmentOutcomeComputed, case: Case) -> Step:
    names = _competency_names(case.version)
    missing = [names.get(each, Words(each, each)) for each in unmet(outcome)]
    listed = Words(*(", ".join(name[i] for name in missing) for i in range(2)))
    words = {
        "granted": Words(
            "granted: everything is met, and there is a seat",
            "accordée\u00a0: tout est atteint, et une place est attribuée",
        ),
        "pre-accredited": Words(
            "not granted yet: everything is met, there is a seat, and a field phase follows",
            "pas encore accordée\u00a0: tout est atteint, une place est attribuée, et une phase terrain suit",
        ),
        "qualified-not-selected": Words(
            "refused: everything is met, and no seat is left",
            "refusée\u00a0: tout est atteint, mais il n’y a plus de place",
        ),
        "not-met": Words(f"refused: not met: {listed.en}", f"refusée\u00a0: non atteint\u00a0: {listed.fr}"),
        "incomplete": Words(f"refused: incomplete: {listed.en}", f"refusée\u00a0: incomplet\u00a0: {listed.fr}"),
    }[result]
    return Step(
        Kind.RESULT,
        result,
        Words(f"By the rules, certification {words.en}", f"Selon les règles, certification {words.fr}"),
    )


def _shown(value: Fraction) -> Words:
    """A fraction as it is and, if that is no whole number, with decimals."""
    if value.denominator == 1:
        return Words(str(value), str(value))
    decimals = str(rounded(value))
    return Words(f"{value} ({decimals})", f"{value} ({decimals.replace('.', ',')})")


def rounded(value: Fraction) -> Decimal:
    """Return a fraction with the decimals that are shown beside it; halves are rounded up."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES, ROUND_HALF_UP)


def _fraction(ratio: Ratio) -> Fraction:
    return Fraction(ratio.numerator, ratio.denominator)


def _competency_names(version: SchemeVersionDrafted) -> dict[str, Words]:
    return {each.id: Words(each.name_en, each.name_fr) for each in version.competencies}


def _activity(activity_id: str, version: SchemeVersionDrafted) -> Words:
    return next(
        (Words(each.name_en, each.name_fr) for each in version.activities if each.id == activity_id),
        Words(activity_id, activity_id),
    )


def _cell_name(cell: CellTrace, version: SchemeVersionDrafted) -> Words:
    activity, names = _activity(cell.activity, version), _competency_names(version)
    competency = names[cell.competency]
    return Words(f"{activity.en} / {competency.en}", f"{activity.fr} / {competency.fr}")
