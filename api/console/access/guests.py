"""Guests of the console: holders of a certification, and contact points of administrations.

They sign in by a link to the address that the register has of them.
"""

from collections.abc import Iterator

from api.console.access.sessions import Kind
from api.notices.kinds import Kind as Notice
from api.notices.kinds import Wanted
from api.notices.outbox import Outbox
from api.notices.people import People
from ledger.likeness import address_of, keys_of
from ledger.reading import Draft
from ledger.store.ledger import Ledger
from ledger.words import Language

ONCE_IN_SECONDS = 300  # nobody is sent more links than that, whoever asks for them
MAX_ADDRESS = 254


def is_guest(ledger: Ledger, read: Draft, kind: Kind, person: str) -> bool:
    """Whether a human has a page of this kind now. Nobody has after an erasure."""
    if read.human(person).erased:
        return False
    return is_holder(read, person) if kind is Kind.HOLDER else bool(administrations_of(ledger, read, person))


def guests(ledger: Ledger, read: Draft, kind: Kind) -> Iterator[str]:
    """Yield every human who has a page of this kind now."""
    if kind is Kind.HOLDER:
        found = map(read.certification, ledger.ids_of("certification"))
        people = [award.person_id for one in found if (award := one.grant or one.pre_accreditation) is not None]
    else:
        people = [one for code in ledger.ids_of("administration") for one in read.administration(code).contacts]
    yield from (human for human in dict.fromkeys(map(read.one, people)) if not read.human(human).erased)


def is_holder(read: Draft, person: str) -> bool:
    """Whether a certification or a pre-accreditation was ever granted to a human, whatever became of it."""
    held = (read.certification(one.candidacy_id) for one in read.candidacies_of(person))
    return any(one.standing.first_day is not None for one in held)


def administrations_of(ledger: Ledger, read: Draft, person: str) -> list[str]:
    """Return the administrations whose contact point a human is now."""
    return [one for one in ledger.ids_of("administration") if read.is_among(person, read.administration(one).contacts)]


def send_links(ledger: Ledger, kind: Kind, address: str, language: Language) -> None:
    """Queue a letter with a link for whoever has this address and a page of this kind; for nobody else anything.

    ``language`` is that of the page on which it was asked for.
    """
    now = ledger.now()
    since = int(now.timestamp()) // ONCE_IN_SECONDS
    people, subject = _of_address(ledger, kind, address), f"{kind}/{language}"
    Outbox(ledger).queue([Wanted(Notice.SIGN_IN, one, f"{kind}/{since}", subject) for one in people], now)


def _of_address(ledger: Ledger, kind: Kind, address: str) -> Iterator[str]:
    """Yield those whose address this is now: the letter goes to the one in the register, not to what was typed."""
    read, people = ledger.read(), People(ledger)
    for human in sorted({read.one(one) for one in ledger.vault.with_keys(keys_of((), [address]))}):
        recipient = people.recipient(human) if is_guest(ledger, read, kind, human) else None
        if recipient is not None and address_of(recipient.address) == address_of(address):
            yield human
