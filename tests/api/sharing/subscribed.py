"""Subscriptions as they are kept: in the record, or in the file of an earlier version."""

import json
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from api.sharing.outbox import Place, place_of
from api.sharing.subscriptions import FILE, Subscription
from ledger.files import write_whole
from ledger.store.desk_tables import PLACES
from ledger.store.port import Database


def placed(database: Database, subscription: str) -> Place:
    """How far a subscription has been notified."""
    (row,) = database.run(select(PLACES).where(PLACES.c.subscription == subscription))
    return place_of(row)


def put_file(folder: Path, *subscriptions: Subscription, **instead: Any) -> Path:
    """Write the file as an earlier version did; ``instead`` are other values of fields."""
    written = [{**msgspec.to_builtins(one), **instead} for one in subscriptions]
    write_whole(folder / FILE, json.dumps({"subscriptions": written}, indent=2).encode())
    return folder / FILE
