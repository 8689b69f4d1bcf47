"""To whom notices go: names and addresses out of the vault, and what each person chose."""

import secrets
from typing import cast

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from api.notices.kinds import State
from api.notices.outbox import Outbox
from ledger.disclosures import Disclosure
from ledger.domain.events.persons import full_name
from ledger.store.ledger import Ledger
from ledger.store.notice_tables import NOTICE_CHOICES
from ledger.store.port import Database
from ledger.store.vault import SEALED_VALUES
from ledger.words import LANGUAGES, Language

TOKEN_BYTES = 16  # 128 random bits in the address that ends the digests
_ROW = NOTICE_CHOICES.c


class Recipient(msgspec.Struct, frozen=True):
    """A person as a notice addresses them. ``address`` is empty when none is known."""

    person_id: str
    name: str
    address: str


class Choices(msgspec.Struct, frozen=True):
    """What a person chose; ``language`` is None when they chose none."""

    language: Language | None = None
    digests: bool = True


class People:
    """Those whom the notices of one ledger address. Safe for threads and processes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._database = ledger, ledger.database
        self.outbox = Outbox(ledger)

    def recipient(self, person_id: str) -> Recipient | None:
        """Return a person by any of their ids, under the one that counts; None once they are erased, or died."""
        read = self._ledger.read()
        human = read.human(person_id)
        if human.erased or human.died_on is not None:
            return None
        # Of somebody who was registered twice, the address may be with the other id.
        digests: dict[str, str] = {}
        for one_id in reversed(read.ids_of(human.person_id)):
            details = read.person(one_id).details
            digests |= details if one_id == human.person_id else {k: v for k, v in details.items() if k == "email"}
        held = self._ledger.vault.held(digests.values())
        details = {
            name: str(Disclosure.parse(held[digest].encoded).value)
            for name, digest in digests.items()
            if digest in held and held[digest].encoded
        }
        return Recipient(human.person_id, " ".join(full_name(details).split()), details.get("email", ""))

    def has_address(self, person_id: str) -> bool:
        """Whether something can be sent to a person."""
        recipient = self.recipient(person_id)
        return recipient is not None and bool(recipient.address)

    def officers_without_address(self) -> list[str]:
        """Return the officers, by id, to whom no digest and no receipt can be sent."""
        read = self._ledger.read()
        officers = [one for one in self._ledger.people() if read.officer(one).roles]
        return [one for one in officers if (found := self.recipient(one)) is not None and not found.address]

    def fails(self, recipient: Recipient) -> bool:
        """Whether what was sent to the address of a person was returned, and the address has not changed since."""
        bounced = self.outbox.listed([State.BOUNCED], recipient.person_id)
        return any(notice.sending is not None and notice.sending.address == recipient.address for notice in bounced)

    def choices(self, person_id: str) -> Choices:
        """Return what a person chose."""
        for row in self._database.run(select(NOTICE_CHOICES).where(_ROW.person_id == person_id)):
            known = row.language in LANGUAGES
            return Choices(cast(Language, row.language) if known else None, bool(row.digests))
        return Choices()

    def choose(self, person_id: str, *, language: Language | None = None, digests: bool | None = None) -> None:
        """Note what a person chooses; None leaves as it is."""
        values: dict[str, object] = {} if language is None else {"language": language}
        values |= {} if digests is None else {"digests": int(digests)}
        self.token(person_id)
        if values:
            with self._database.transaction(commit=True) as cursor:
                cursor.run(update(NOTICE_CHOICES).where(_ROW.person_id == person_id).values(**values))

    def token(self, person_id: str) -> str:
        """Return the token in the address at which a person ends their digests; it is made if there is none.

        It is empty for a person who was erased.
        """
        row = {"person_id": person_id, "digests": 1, "token": secrets.token_urlsafe(TOKEN_BYTES)}
        rows = self._database.run(select(_ROW.token).where(_ROW.person_id == person_id))
        if not rows:
            with self._database.transaction(commit=True) as cursor:
                self._ledger.log.lock(cursor)  # nobody is erased meanwhile
                if cursor.run(select(SEALED_VALUES.c.digest).where(SEALED_VALUES.c.person_id == person_id).limit(1)):
                    cursor.run(insert(NOTICE_CHOICES).on_conflict_do_nothing(), row)
                rows = cursor.run(select(_ROW.token).where(_ROW.person_id == person_id))
        return str(rows[0].token) if rows else ""


def wants_digests(database: Database, token: str) -> bool | None:
    """Return whether the person whose token it is wants digests; None when it is nobody's."""
    rows = database.run(select(_ROW.digests).where(_ROW.token == token))
    return bool(rows[0].digests) if rows else None


def end_digests(database: Database, token: str) -> bool | None:
    """End the digests of the person whose token it is; None when it is nobody's."""
    with database.transaction(commit=True) as cursor:
        rows = cursor.run(update(NOTICE_CHOICES).where(_ROW.token == token).values(digests=0).returning(_ROW.person_id))
    return False if rows else None
