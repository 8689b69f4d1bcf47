"""Doing one thing at once, where every officer who must sign is at hand with their key."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from ledger.domain.commands import BY_COMMAND_NAME
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt


def record_with_keys(ledger: Ledger, name: str, *keys: SigningKey, **arguments: Any) -> Receipt:
    """File a command and sign it with these keys, in the order of its seats; nothing stays behind when it fails.

    The holder of a key that is being enrolled is the person of ``arguments``. Raises ``Refused`` and whatever
    the ledger refuses with.
    """
    seats = BY_COMMAND_NAME[name].seats
    people = [
        arguments["person_id"] if role is Role.KEY_HOLDER else _officer(ledger, role, key)
        for role, key in zip(seats, keys, strict=True)
    ]
    with closing(Inbox(ledger)) as inbox:
        inbox.file([proposal(name, *people, **arguments)], "command line")
        number = inbox.waiting()[-1].number
        try:
            receipts = [inbox.sign(number, person, key) for person, key in zip(people, keys, strict=True)]
        except Exception:
            inbox.drop(number)
            raise
    (receipt,) = (r for r in receipts if r is not None)
    return receipt


def _officer(ledger: Ledger, role: Role, key: SigningKey) -> str:
    read = ledger.read()
    for person in ledger.holders(role):
        if key.key_id in read.officer(person).keys:
            return person
    raise Refused("role-not-held", person=key.key_id, role=role)
