"""What all pages of the console share: the office, who is signed in, and the keys of a demonstration's officers."""

from collections.abc import Mapping
from typing import Self, cast

import msgspec
from fastapi import Request

from api.console.access.ceremonies import Ceremonies
from api.console.access.counters import Counters
from api.console.access.guests import is_guest
from api.console.access.sessions import COOKIES, Kind, Session, Sessions
from api.lists.readers import Reader
from api.secretariat.links import Links
from api.secretariat.office import Office
from ledger.domain.record import Role
from ledger.domain.states.office import Officer
from ledger.signing.keys import SigningKey


class Console(msgspec.Struct, frozen=True):
    """``demonstrated`` holds the keys of a demonstration's officers, by person: with them anybody may try the console.

    It is empty for every other register.
    """

    office: Office
    sessions: Sessions
    ceremonies: Ceremonies
    links: Links
    counters: Counters
    demonstrated: Mapping[str, SigningKey]

    @classmethod
    def of(cls, office: Office, demonstrated: Mapping[str, SigningKey]) -> Self:
        database, clock = office.ledger.database, office.ledger.now
        return cls(
            office,
            Sessions(database, clock),
            Ceremonies(database, clock),
            Links(database, clock),
            Counters(database, clock),
            demonstrated,
        )

    def visitor(self, request: Request, kind: Kind) -> "Visitor | None":
        """Return who is signed in to pages of a kind, as the record stands now.

        None for nobody, once the key has ended, and once a guest is none any more.
        """
        secret = request.cookies.get(COOKIES[kind])
        session = None if secret is None else self.sessions.find(kind, secret)
        if session is None:
            return None
        ledger = self.office.ledger
        read = ledger.read()
        if kind is Kind.OFFICER:
            officer = read.officer_on(session.person, ledger.now().date())
            return Visitor(officer, session) if session.key in officer.keys else None
        human = read.one(session.person)
        return Visitor(read.officer(human), session) if is_guest(ledger, read, kind, human) else None


class Visitor(msgspec.Struct, frozen=True):
    """Somebody at the console. Roles are those of this moment: one that was revoked opens nothing any more.

    Whoever signed in with a key can sign in their own name, and may have no role besides.
    A guest, such as the holder of a certificate, has no role here, also one who is an officer elsewhere.
    """

    officer: Officer
    session: Session

    @property
    def person(self) -> str:
        return self.officer.person_id

    @property
    def roles(self) -> frozenset[Role]:
        return self.officer.roles | {Role.KEY_HOLDER} if self.session.kind is Kind.OFFICER else frozenset()


def reader_of(visitor: Visitor) -> Reader:
    """Return an officer as a reader of the record."""
    return Reader(visitor.person, visitor.roles)


def console_of(request: Request) -> Console:
    """Return the console of the application that handles a request."""
    return cast(Console, request.app.state.console)


def visitor_of(request: Request) -> Visitor:
    """Return who asks. Only for pages whose rule demands a session."""
    return cast(Visitor, request.state.visitor)
