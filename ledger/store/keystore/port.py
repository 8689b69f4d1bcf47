"""What the record asks of a key store.

An owner is ``person:<id>``, ``proposal:<hex>`` or ``webhooks:<hex>``. Each has a key of 32 random bytes. A person's key
that was destroyed never comes back: the store remembers whose it was, by the owner's name only. The other names are
random: nobody makes one twice.
"""

from collections.abc import Iterable
from typing import Protocol

KEY_BYTES = 32
PERSON, PROPOSAL = "person:", "proposal:"


class Destroyed(Exception):
    """The key of this owner was destroyed: nothing more is sealed for them."""


class KeyStore(Protocol):
    """The keys of owners. Safe for threads, and beside other processes on the same store.

    Every method raises OSError when the store cannot be reached: ``Unreachable`` when it is a database.
    """

    def keys(self, owners: Iterable[str]) -> dict[str, bytes]:
        """The keys of those owners who have one."""

    def make(self, owners: Iterable[str]) -> dict[str, bytes]:
        """The key of each owner; if there is none, a new one, which is durable on return. Raises Destroyed."""

    def destroy(self, owners: Iterable[str]) -> None:
        """Destroy their keys, for good on return. Persons who never had one cannot be given one any more."""

    def destroyed(self) -> frozenset[str]:
        """Every person whose key was destroyed, as an owner."""

    def is_empty(self) -> bool:
        """Whether nobody ever had a key here."""

    def close(self) -> None: ...


def remembered(owners: Iterable[str]) -> set[str]:
    """Those of the owners whose destroyed keys are remembered: the persons."""
    return {owner for owner in owners if owner.startswith(PERSON)}


def person(person_id: str) -> str:
    """The owner of what is about a person."""
    return f"{PERSON}{person_id}"
