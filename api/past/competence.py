"""What was true of the impartiality and competence of a person, and of a risk, on a day."""

from collections.abc import Iterator
from datetime import date

from api.past.rows import Row
from api.words.vocabulary import CODES
from ledger.domain.record import ROLE_LABELS
from ledger.domain.states.impartiality import Risk
from ledger.domain.states.office import Officer
from ledger.reading import Draft
from ledger.words import Words, day_in_words


def competence_facts(stated: Draft, ids: tuple[str, ...], on: date) -> Iterator[Row]:
    """Yield until when the undertaking and the qualifications of a person count, and how many ties they declared."""
    known = [stated.competence(one) for one in ids]
    undertaken = max((one.undertaken_until for one in known if one.undertaken_until is not None), default=None)
    if undertaken is not None:
        yield Row(Words("Undertaking of impartiality", "Engagement d’impartialité"), _until(undertaken, on))
    for one in known:
        for scheme_id, qualified in one.qualified.items():
            label = Words(f"Qualified under {scheme_id}", f"Qualification au titre de {scheme_id}")
            yield Row(label, _until(qualified.valid_to, on))
    count = sum(len(one.open_conflicts) for one in known)
    if count:
        yield Row(Words("Declared ties", "Liens déclarés"), Words(*(str(count), str(count))))


def risk_facts(risk: Risk) -> Iterator[Row]:
    """Yield what a risk to impartiality is, and when it is reviewed."""
    if risk.recorded is not None and risk.severity is not None and risk.review_by is not None:
        yield Row(Words("Source of the risk", "Origine du risque"), CODES[risk.recorded.source])
        yield Row(Words("Remaining severity", "Gravité résiduelle"), CODES[risk.severity])
        yield Row(Words("Review by", "Réexamen au plus tard le"), day_in_words(risk.review_by))


def borrowed(officer: Officer) -> Iterator[Row]:
    """Yield the roles that were lent to an officer and not taken back, with their last day."""
    for role, lent in officer.delegated.items():
        label, last = ROLE_LABELS[role], day_in_words(lent.until)
        says = Words(f"{label.en}, until {last.en}", f"{label.fr}, jusqu’au {last.fr}")
        yield Row(Words("Delegated role", "Fonction déléguée"), says)


def _until(last: date, on: date) -> Words:
    day = day_in_words(last)
    if last < on:
        return Words(f"ended on {day.en}", f"échéance dépassée le {day.fr}")
    return Words(f"until {day.en}", f"jusqu’au {day.fr}")
