"""Awa, who is certified and has an address and documents; her mailbox; and her browser."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.notices.mailing import Mailing
from api.notices.outbox import Outbox, Place
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.signing.keys import SigningKey
from ledger.store.leases import alone
from tests.api.console.pages import Browser, Page
from tests.api.notices.postbox import Postbox, listening
from tests.issued import established_issuer, issued, made_documents
from tests.scenario import value
from tests.support import World

BASE = "https://register.example.org"


class Guests(NamedTuple):
    """Somebody outside of the secretariat, at a register that sends mail."""

    world: World
    browser: Browser
    inbox: Inbox
    mailing: Mailing
    postbox: Postbox

    def ask(self, email: str, kind: str = "holder") -> Page:
        return self.browser.post(f"/console/{kind}", {"email": email})

    def link(self) -> str:
        """The path in the last letter, once what is due is sent."""
        self.mailing.deliver()
        text = self.postbox.mails[-1].get_content()
        (link,) = [line for line in text.splitlines() if line.startswith(BASE) and "/link/" in line]
        return str(link).removeprefix(BASE)

    def sign_in(self, email: str, kind: str = "holder") -> Page:
        self.ask(email, kind)
        path = self.link().partition("?")[0]
        assert self.browser.get(path).h1 == "Sign in"
        return self.browser.post(path)

    def waiting(self) -> list[tuple[str, str]]:
        return [(item.proposal.name, item.filed_by) for item in self.inbox.waiting()]


@contextmanager
def guests_of(world: World, demonstrated: Mapping[str, SigningKey] | None = None) -> Iterator[Guests]:
    with (
        closing(Inbox(world.ledger)) as inbox,
        Register(world.ledger, Settings(base_url=BASE)) as register,
        listening() as postbox,
    ):
        office = Office(world.ledger, lambda: inbox, BASE, sends_mail=True)
        app = create_app(register, office, demonstrated=demonstrated or {})
        mailing = Mailing(register, world.ledger, postbox.server, lambda: inbox, lambda: world.now, alone)
        Outbox(world.ledger).queue([], world.now, Place(world.ledger.size(), world.now.date().isoformat()))
        with TestClient(app, base_url=BASE) as client:
            yield Guests(world, Browser(client), inbox, mailing, postbox)


def give_address(world: World, person: str, address: str) -> None:
    world.do("update-person-details", "registrar", person_id=person, details=[value("email", address)])


@pytest.fixture
def guests(issued: World) -> Iterator[Guests]:
    """Officers have addresses too; zoe was not certified."""
    for person in ("awa", "zoe", "decider1"):
        give_address(issued, person, f"{person}@example.org")
    with guests_of(issued) as guests:
        yield guests


__all__ = ["established_issuer", "issued", "made_documents"]
