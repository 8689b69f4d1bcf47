"""A register whose people have addresses, and the mail server that it sends to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from api.looks import Looks
from api.notices.kinds import State
from api.notices.mailing import Mailing
from api.notices.outbox import Outbox, Place
from api.notices.settings import Server
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from ledger.store.following import Troubles
from ledger.store.leases import Holding, alone
from tests.api.notices.postbox import Postbox, listening
from tests.scenario import value
from tests.support import World, copied

BASE = "https://register.example.org"
LOOKS = Looks(contact="mailto:secretariat@example.org")
WITH_ADDRESSES = ("awa", "zoe", "decider1", "decider2")


@pytest.fixture(scope="session")
def with_addresses(held_workshop: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Awa is certified and zoe is not; both have an address, and two officers. Closed, to be copied."""
    world = held_workshop.copy(tmp_path_factory.mktemp("addressed") / "ledger")
    for name in WITH_ADDRESSES:
        address(world, name, f"{name}@example.org")
    world.ledger.close()
    return world


addressed = copied("with_addresses")


def address(world: World, person_id: str, address: str) -> None:
    world.do("update-person-details", "registrar", person_id=person_id, details=[value("email", address)])


def suspend(world: World) -> None:
    world.do("suspend-certification", certification_id="c-awa", effective_from=world.now.date())


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with listening() as postbox:
        yield postbox


class Sending:
    """What sends the notices of a world, and everything that it needs, until the test ends."""

    def __init__(self, world: World, stack: ExitStack) -> None:
        self.world = world
        self.register = stack.enter_context(Register(world.ledger, Settings(base_url=BASE, looks=LOOKS)))
        self.inbox = stack.enter_context(closing(Inbox(world.ledger)))
        self.outbox = Outbox(world.ledger)
        self.troubles = Troubles()

    def by(self, server: Server, held: Holding = alone) -> Mailing:
        return Mailing(
            self.register, self.world.ledger, server, lambda: self.inbox, lambda: self.world.now, held, self.troubles
        )

    def begin(self, position: int | None = None) -> None:
        """Follow the log from here, or from after an entry. The day's digests and expiries are over."""
        place = Place(self.world.ledger.size() if position is None else position, self.world.now.date().isoformat())
        self.outbox.queue([], self.world.now, place)

    def states(self) -> dict[str, str]:
        """The state of each notice, by kind and person."""
        return {f"{one.kind} {one.person_id}": one.state for one in self.outbox.listed(list(State))}


@pytest.fixture
def sending() -> Iterator[Callable[[World], Sending]]:
    with ExitStack() as stack:
        yield lambda world: Sending(world, stack)
