"""What one can choose from in the forms of appeals, complaints and corrective actions."""

from collections.abc import Callable, Sequence

from api.console.forms.typed import Typed
from api.words.record import Labels, Record
from ledger.domain.decisions.appeal import disputable
from ledger.domain.events.appeal import Disputed, Remedy
from ledger.domain.states.appeal import Appeal
from ledger.domain.states.complaint import Complaint
from ledger.words import Words, day_in_words

Ids = Callable[[Record, Typed], list[str]]


def appeals(fits: Callable[[Appeal], bool]) -> Ids:
    """Return the list of the appeals that fit."""
    return lambda record, _: [one for one in record.ids_of("appeal") if fits(record.read.appeal(one))]


def appealable(record: Record, typed: Typed) -> list[str]:
    """The candidacies on which a decision was made that can be appealed; of the chosen person, if one is chosen."""
    person_id, read = typed.text("person_id"), record.read
    own = [one.candidacy_id for one in read.candidacies_of(person_id)] if person_id else record.ids_of("candidacy")
    return [one for one in own if disputable(one, read)]


def remits(candidacy_id: str, record: Record) -> list[str]:
    """The appeals after which the selection of a candidate, or an exclusion, is decided again."""
    own = record.read.appeals_of(candidacy_id)
    kinds = ("eligibility-refused", "candidate-excluded")
    return [one.lodged.appeal_id for one in own if one.remedy == "remit" and one.lodged.disputed in kinds]


def remitted(record: Record, typed: Typed) -> list[str] | None:
    """Those of the chosen candidacy."""
    candidacy_id = typed.text("candidacy_id")
    return remits(candidacy_id, record) if candidacy_id else None


def reopens(candidacy_id: str, record: Record) -> list[str]:
    """The appeals after which others assess a candidate again, and do not yet."""
    used = record.read.candidacy(candidacy_id).reopened_after
    own = [one.lodged.appeal_id for one in record.read.appeals_of(candidacy_id) if one.remedy == "rescore"]
    return [appeal_id for appeal_id in own if appeal_id not in used]


def reopened(record: Record, typed: Typed) -> list[str] | None:
    """Those of the chosen candidacy."""
    candidacy_id = typed.text("candidacy_id")
    return reopens(candidacy_id, record) if candidacy_id else None


def follows(remedies: tuple[Remedy, ...], *kinds: Disputed) -> Callable[[Record, Typed], list[str] | None]:
    """Return the list of the appeals on the chosen certification after which something follows in it."""

    def ids(record: Record, typed: Typed) -> list[str] | None:
        certification_id = typed.text("certification_id")
        if not certification_id:
            return None
        own = record.read.appeals_of(certification_id)
        return [one.lodged.appeal_id for one in own if one.remedy in remedies and one.lodged.disputed in kinds]

    return ids


def appealed(remedies: tuple[Remedy, ...], *kinds: Disputed) -> Ids:
    """Return the list of the certifications in which something follows from an appeal."""

    def ids(record: Record, typed: Typed) -> list[str]:
        upheld = [record.read.appeal(one) for one in record.ids_of("appeal")]
        own = [one.lodged.candidacy_id for one in upheld if one.remedy in remedies and one.lodged.disputed in kinds]
        return list(dict.fromkeys(own))

    return ids


def complaints(fits: Callable[[Complaint], bool]) -> Ids:
    """Return the list of the complaints that fit."""
    return lambda record, _: [one for one in record.ids_of("complaint") if fits(record.read.complaint(one))]


def has_open_action(complaint: Complaint) -> bool:
    """Whether a corrective action is open."""
    return complaint.actions.keys() > complaint.results.keys()


def open_actions(record: Record, typed: Typed) -> list[str] | None:
    """The corrective actions of the chosen complaint that are open."""
    complaint = record.read.complaint(typed.text("complaint_id"))
    return [one for one in complaint.actions if one not in complaint.results] if complaint.version else None


def action_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    """Corrective actions by the day on which they are due."""
    actions = record.read.complaint(typed.text("complaint_id")).actions
    days = {one: day_in_words(actions[one].due_on) for one in ids}
    return {one: Words(f"due on {day.en}", f"échéance du {day.fr}") for one, day in days.items()}
