"""What a certified advisor sees on their page: their own, and nothing of anybody else."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from api.console.application import Console
from api.console.commands.words import TITLES
from api.console.development.views import Own as OwnRenewal
from api.console.development.views import Stated, stated
from api.console.development.views import own as own_renewals
from api.console.missions.views import OwnMission
from api.console.missions.views import own as own_part
from api.console.refusals import ConsoleRefusal
from api.notices.people import People
from api.public.as_of import AsOf
from api.public.views import CertificationView, advisor
from api.register import Register
from api.secretariat.desk import ROW
from api.secretariat.endings import HOLDER, IN_WORDS
from api.secretariat.filing import Filer
from api.secretariat.proposals import Proposal, Waiting, proposal
from api.words.names import name_of
from api.words.record import Record, territory
from ledger.domain.events.persons import (
    PublicListingConsentGiven,
    PublicListingConsentWithdrawn,
    PublicResultsConsentGiven,
    PublicResultsConsentWithdrawn,
)
from ledger.domain.record import Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.domain.states.certification import Certification
from ledger.domain.subjects import BY_FACT
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from ledger.store.ledger import Ledger
from ledger.store.vault import Identity
from ledger.words import Words
from projections.credentials.forms import catalogue
from projections.credentials.forms.form import Form

CONSENTS = (
    PublicListingConsentGiven,
    PublicListingConsentWithdrawn,
    PublicResultsConsentGiven,
    PublicResultsConsentWithdrawn,
)
MOST_REQUESTS = 10  # the latest are shown
RELINQUISH = "relinquish-certification"
ASKED = "Asked for on the holder's own page of the register, signed in by a link to their e-mail address, on {day}."
EVIDENCE = "Given on the holder's own page of the register, signed in by a link to their e-mail address, on {day}."


class Consent(NamedTuple):
    """A consent: whether it is given, and the command that changes this."""

    is_given: bool
    command: str


class Document(NamedTuple):
    """A certificate with the forms in which it is kept, and the private address at which wallets get it."""

    number: str
    forms: tuple[Form, ...]
    token: str


class Own(NamedTuple):
    """A certification with its certificates, the one in force first, and whether it can be given up."""

    id: str
    can_end: bool
    certification: CertificationView
    documents: tuple[Document, ...]


class Asked(NamedTuple):
    """Something that was asked for on this page, and what became of it."""

    number: int
    command: str
    what: Words
    day: date
    waits: bool
    became: Words


class Recorded(NamedTuple):
    """A consent that was recorded or withdrawn: on which day, and by whom."""

    what: Words
    day: date
    by: str


class Data(NamedTuple):
    """What the register holds of a person."""

    name: str
    email: str
    employments: tuple[tuple[Words, date], ...]


class Page(NamedTuple):
    """Everything on the page of a certified advisor."""

    certifications: tuple[Own, ...]
    listing: Consent
    results: Consent
    asked: tuple[Asked, ...]
    recorded: tuple[Recorded, ...]
    data: Data
    renewals: tuple[OwnRenewal, ...]
    activities: tuple[Stated, ...]
    missions: tuple[OwnMission, ...]
    is_in_service: bool


RECORDED, WAITS = (
    Words("was recorded", "a été enregistrée"),
    Words("waits for a registrar", "en attente d’un responsable du registre"),
)


def page_of(console: Console, register: Register, person: str) -> Page:
    """Return the page of a human, by the id that counts."""
    ledger = console.office.ledger
    human, part = ledger.read().human(person), own_part(Record.of(ledger), person)
    today = register.now().date()
    found, read = advisor(register, person, AsOf.now(today), to_themselves=True), ledger.read()
    shown = () if found is None else found.certifications
    awards = register.models.certificates.awards_of(read.ids_of(person)) if shown else []
    own = tuple(
        _own(register, one, award.certification_id, _may_relinquish(read.certification(award.certification_id), today))
        for one, award in zip(shown, awards, strict=True)
    )
    return Page(
        own,
        Consent(human.listed, "withdraw-listing-consent" if human.listed else "give-listing-consent"),
        Consent(human.shows_results, "withdraw-results-consent" if human.shows_results else "give-results-consent"),
        asked_by(console, filer(person)),
        _recorded(ledger, person),
        _data(ledger, person),
        tuple(own_renewals(person, ledger.now().date(), ledger.read())),
        tuple(stated(person, ledger.read())),
        part.missions,
        part.advisor is not None,
    )


def filer(person: str) -> Filer:
    """Return how what a holder asks for is filed."""
    return Filer(f"{HOLDER} {person}", f"{HOLDER} {person}", HOLDER)


def asked_by(console: Console, filer: Filer) -> tuple[Asked, ...]:
    """Return what was asked for on a guest's own page, the latest first."""
    items = console.office.inbox.desk.select(ROW.source == filer.source)[-MOST_REQUESTS:]
    return tuple(_asked(item) for item in reversed(items))


def consent(ledger: Ledger, person: str, command: str, today: date) -> Proposal:
    """Return the change of a consent, for a registrar to sign. Raises ``Refused``."""
    says = {"name": "evidence", "value": EVIDENCE.format(day=today)}
    arguments = {"evidence": says} if command.startswith("give-") else {}
    return proposal(command, registrar_for(ledger, person), person_id=person, **arguments)


def registrar_for(ledger: Ledger, person: str) -> str:
    """Return a registrar who can sign what this person asks for: not themselves. Raises ``Refused``."""
    read = ledger.read()
    for one in ledger.holders(Role.REGISTRAR):
        if read.one(one) != read.one(person):
            return one
    raise ConsoleRefusal("no-registrar")


def _own(register: Register, certification: CertificationView, certification_id: str, can_end: bool) -> Own:
    documents = []
    for number in reversed(certification.certificates):
        kept = register.documents.set_of(number)
        forms = () if kept is None else tuple(form for form in catalogue.FORMS if form.name in kept.forms)
        documents.append(Document(number, forms, "" if kept is None else kept.token))
    return Own(certification_id, can_end, certification, tuple(documents))


def _may_relinquish(certification: Certification, today: date) -> bool:
    standing = certification.standing
    return standing.ended is None and standing.on(today) not in (Status.EXPIRED, Status.LAPSED)


def relinquishment(ledger: Ledger, person: str, certification_id: str, today: date) -> Proposal:
    """Return the end of one's own certification, for a registrar to sign. Raises ``Refused``, for another's too."""
    read = ledger.read()
    holder = read.candidate(certification_id)
    if holder is None or not read.is_among(person, [holder]):
        raise Refused("unknown", kind="certification", id=certification_id)
    first = read.certification(certification_id).standing.first_day or today
    return proposal(
        RELINQUISH,
        registrar_for(ledger, person),
        certification_id=certification_id,
        effective_from=max(today, first),
        request={"name": "evidence", "value": ASKED.format(day=today)},
    )


def _asked(item: Waiting) -> Asked:
    became = WAITS if item.waits else RECORDED if item.ending is None else IN_WORDS[item.ending.how]
    day = datetime.fromtimestamp(item.filed, UTC).date()
    what = TITLES[item.proposal.name]
    for name in Identity("").called(item.proposal.disclosures).names[:1]:  # of somebody to be registered
        what = Words(f"{what.en} ({name})", f"{what.fr} ({name})")
    return Asked(item.number, item.proposal.name, what, day, item.waits, became)


def _recorded(ledger: Ledger, person: str) -> tuple[Recorded, ...]:
    """Return who recorded that a human is shown, or is not any more, the latest first."""
    read, found = ledger.read(), list[Recorded]()
    for _, envelope in ledger.statements([Stream("person", one) for one in read.ids_of(person)], ledger.size()):
        event = decode_payload(open_envelope(envelope).payload)
        if isinstance(event.facts, CONSENTS):
            signer = event.by[0].person
            label = BY_FACT[type(event.facts)].label
            found.append(Recorded(label, event.time.date(), name_of(signer, read) or signer))
    return tuple(reversed(found))


def _data(ledger: Ledger, person: str) -> Data:
    read, found = ledger.read(), People(ledger).recipient(person)
    employments = [employment for one in read.ids_of(person) for employment in read.person(one).employments]
    latest = sorted(employments, key=lambda employment: employment.since, reverse=True)
    name, email = ("", "") if found is None else (found.name, found.address)
    return Data(name, email, tuple((territory(one.administration_id), one.since) for one in latest))
