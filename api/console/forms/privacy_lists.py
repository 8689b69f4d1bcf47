"""What one can choose from in the forms of requests about personal data and of legal holds."""

from collections.abc import Sequence

from api.console.forms.typed import Typed
from api.words.of_privacy import KINDS
from api.words.record import Labels, Record
from ledger.words import LANGUAGES, Words, day_in_words


def requests(record: Record, typed: Typed) -> list[str]:
    """Those that wait for a decision."""
    return [one for one in record.ids_of("request") if record.read.request(one).is_open]


def request_labels(record: Record, ids: Sequence[str]) -> Labels:
    """Return who asked for what, and until when an answer is due."""
    found = {one: record.read.request(one) for one in ids}
    names = record.names({one.received.person_id for one in found.values() if one.received is not None})
    labels = {}
    for one, request in found.items():
        if request.received is not None and request.due_on is not None:
            said, due = request.received, day_in_words(request.due_on)
            name = names.get(said.person_id, said.person_id)
            kind = KINDS[said.request_kind]
            labels[one] = Words(*(f"{name} ({kind.into(each)}, {due.into(each)})" for each in LANGUAGES))
    return labels


def holds(record: Record, typed: Typed) -> list[str]:
    """Those that last."""
    return [one for one in record.ids_of("hold") if not record.read.hold(one).released]


def hold_labels(record: Record, ids: Sequence[str]) -> Labels:
    """Return whose data are held, and when that is looked at again."""
    placed = {one: hold for one in ids if (hold := record.read.hold(one).placed) is not None}
    names = record.names({hold.person_id for hold in placed.values()})
    return {
        one: Words(
            *(
                f"{names.get(hold.person_id, hold.person_id)} ({day_in_words(hold.review_on).into(each)})"
                for each in LANGUAGES
            )
        )
        for one, hold in placed.items()
    }
