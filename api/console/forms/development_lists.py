"""What one can choose from in the forms of continued competence and renewal."""

from collections.abc import Callable, Sequence

from api.console.forms.typed import Typed
from api.words.record import Labels, Record
from api.words.vocabulary import CODES
from ledger.domain.renewal import History, history_of
from ledger.words import LANGUAGES, Words, day_in_words

Ids = Callable[[Record, Typed], list[str]]


def holders(fits: Callable[[History], bool] = lambda _: True) -> Ids:
    """Return the list of whoever was granted a certification, by the id that counts, if what they did fits."""

    def ids(record: Record, typed: Typed) -> list[str]:
        held = [record.read.certification(one).grant for one in record.ids_of("certification")]
        people = dict.fromkeys(record.read.one(grant.person_id) for grant in held if grant is not None)
        return [one for one in people if fits(history_of(one, record.read))]

    return ids


def activities(record: Record, typed: Typed) -> list[str] | None:
    """Those of the chosen person, first the ones on which nobody has decided."""
    person_id = typed.text("person_id")
    if not person_id:
        return None
    history = history_of(person_id, record.read)
    return sorted(history.activities, key=history.verified.__contains__)


def activity_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    """Return the kind, the day and the hours of activities."""
    known = history_of(typed.text("person_id"), record.read).activities
    said = {one: (CODES[known[one].activity_code], day_in_words(known[one].day), known[one].hours) for one in ids}
    return {
        one: Words(*(f"{code.into(to)}, {day.into(to)} ({hours} h)" for to in LANGUAGES))
        for one, (code, day, hours) in said.items()
    }
