"""What was true of the continued competence of somebody: what counted for a renewal, and what was open."""

from collections.abc import Iterator
from datetime import date

from api.past.rows import Row
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.renewal import History, history_of, progress
from ledger.domain.states.certification import Certification
from ledger.reading import Draft
from ledger.words import LANGUAGES, Words


def development_facts(
    person_id: str, certification: Certification, version: SchemeVersionDrafted, stated: Draft, on: date
) -> Iterator[Row]:
    """Yield what was stated by a day: what counts for the renewal, and what is missing or waits."""
    history = history_of(person_id, stated)
    counts = progress(certification, version, history, stated.missions_of(person_id))
    address = f"/console/certifications/{certification.certification_id}"
    if counts is not None and counts.rule is not None:
        said = [each.words for each in counts.counted]
        said += [gap.words for gap in counts.gaps(on) if gap.due is not None]
        yield Row(Words("For the renewal", "Pour le renouvellement"), _joined(said), address)
    waits = waiting(history)
    if waits:
        yield Row(Words("Waiting", "En attente"), _joined(waits), address)


def waiting(history: History) -> list[Words]:
    """Return what of somebody's continued competence waits for a registrar."""
    activities, changes = len(history.unverified), len(history.open_changes)
    said = [
        (activities, Words("activities to verify", "activités à valider")),
        (changes, Words("changes of capability to review", "changements affectant la capacité à examiner")),
    ]
    return [Words(f"{words.en}: {count}", f"{words.fr}\N{NO-BREAK SPACE}: {count}") for count, words in said if count]


def _joined(said: list[Words]) -> Words:
    semicolons = Words("; ", "\N{NARROW NO-BREAK SPACE}; ")
    return Words(*(semicolons.into(each).join(one.into(each) for one in said) for each in LANGUAGES))
