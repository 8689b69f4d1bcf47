"""What the secretariat's commands work with: the ledger that they change, and the desk where they wait."""

from __future__ import annotations

from typing import cast

import msgspec
from fastapi import Request

from api.secretariat.inbox import Desk
from ledger.store.ledger import Ledger


class Office(msgspec.Struct, frozen=True):
    """``base_url`` is the public address, which officers sign as part of their requests."""

    ledger: Ledger
    desk: Desk
    base_url: str


def office_of(request: Request) -> Office:
    """The office of the application that answers."""
    return cast(Office, request.app.state.office)
