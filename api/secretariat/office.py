"""What the secretariat's commands need: the ledger that records them, and the inbox where they wait."""

from typing import Annotated, cast

import msgspec
from fastapi import Depends, Request

from api.secretariat.inbox import Inbox
from ledger.store.ledger import Ledger


class Office(msgspec.Struct, frozen=True):
    """``base_url`` is the public address, which officers sign as part of their requests."""

    ledger: Ledger
    inbox: Inbox
    base_url: str


def office_of(request: Request) -> Office:
    """Return the office of the application that serves this request."""
    return cast(Office, request.app.state.office)


OfOffice = Annotated[Office, Depends(office_of)]
