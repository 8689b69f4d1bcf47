"""What was true of an advisor in service and of a mission."""

from collections.abc import Iterable, Iterator

from api.lists.labels import CODES
from api.lists.missions import state_of
from api.past.rows import NO, YES, Row
from api.words.record import Record, language_name, territory
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.mission import Mission
from ledger.store.ledger import Ledger
from ledger.words import LANGUAGES, Words, day_in_words


def advisor_facts(advisor: Advisor) -> Iterator[Row]:
    """Yield what was recorded of an advisor: whether they can go, in what, in which languages."""
    yield Row(Words("In the pool for missions", "Au vivier des missions"), YES if advisor.active else NO)
    if advisor.languages:
        levels = sorted(advisor.languages.items())
        spoken = [", ".join(f"{language_name(code).into(to)} {level}" for code, level in levels) for to in LANGUAGES]
        yield Row(Words("Languages", "Langues"), Words(*spoken))
    if advisor.topics:
        yield Row(Words("Domains of advice", "Domaines de conseil"), _codes(advisor.topics))
    if advisor.pledged_on:
        day = day_in_words(max(advisor.pledged_on.values()))
        yield Row(Words("Pledge signed on", "Engagement signé le"), day)


def missions_of(ledger: Ledger, missions: Iterable[Mission]) -> Iterator[Row]:
    """Yield the missions on whose team somebody is."""
    for one_id, label in Record.of(ledger).mission_labels([one.mission_id for one in missions]).items():
        yield Row(Words("Mission", "Mission"), label, f"/console/history/mission/{one_id}")


def mission_facts(ledger: Ledger, mission: Mission) -> Iterator[Row]:
    """Yield what was recorded of a mission: who asked for what, who went, and what came of it."""
    if mission.request is None:
        return
    request, record = mission.request, Record.of(ledger)
    yield Row(Words("State", "Avancement"), CODES[state_of(mission)])
    yield Row(
        Words("Administration", "Administration"),
        territory(request.administration_id),
        f"/console/history/administration/{request.administration_id}",
    )
    yield Row(Words("Domain", "Domaine"), CODES[request.topic])
    first, last = day_in_words(mission.first_day), day_in_words(mission.last_day)
    days = Words(f"{first.en} to {last.en}", f"du {first.fr} au {last.fr}")
    yield Row(Words("Days", "Dates"), days)
    people = [one for one in mission.team if not record.read.human(one).erased]
    names = record.person_labels(people)
    for one in people:
        role = CODES[mission.team[one]]
        label = Words(role.en[0].upper() + role.en[1:], role.fr[0].upper() + role.fr[1:])
        yield Row(label, names[one], f"/console/history/people/{one}")
    if mission.results is not None:
        made, adopted = (sum(getattr(one, name) for one in mission.results) for name in ("recommended", "adopted"))
        counts = f"{made}, {adopted}"
        label = Words("Recommendations made and adopted", "Recommandations formulées, puis adoptées")
        yield Row(label, Words(*(counts, counts)))


def _codes(codes: tuple[str, ...]) -> Words:
    return Words(*(", ".join(CODES[code].into(to) for code in codes) for to in LANGUAGES))
