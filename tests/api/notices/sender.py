"""A process that sends the notices of a ledger, once it has the duty, until none waits: ``FOLDER NAME PORT``."""

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

from api.notices.mailing import Mailing
from api.notices.settings import Address, Server
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from ledger.store.following import Troubles
from ledger.store.leases import NOTICES, Leases
from ledger.store.ledger import Ledger


def clock() -> datetime:
    return datetime.now(UTC)


def main(folder: Path, name: str, port: int) -> None:
    """``name`` is how the process greets the server."""
    sender = Address("register", name)
    server = Server(host="127.0.0.1", port=port, security="plain", sender=sender, most_a_minute=1000)
    leases = Leases(folder, {NOTICES: ()}, Troubles(), lambda: None)
    with (
        Ledger.open(folder, clock) as ledger,
        Register(ledger, Settings(base_url="https://r.example")) as register,
        closing(Inbox(ledger)) as inbox,
        leases.running(),
    ):
        mailing = Mailing(register, ledger, server, lambda: inbox, clock, leases.of(NOTICES))
        while not mailing.deliver():
            sleep(0.1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
