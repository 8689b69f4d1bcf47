"""The officers as whom anybody may enter a demonstration: their keys are the demonstration's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from api.console.application import Console
from api.register import is_demonstration
from api.words.names import name_of
from ledger.domain.record import ROLE_LABELS, Role
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.words import Language


class DemonstratedOfficer(NamedTuple):
    """Somebody of a demonstration: what they are called, and their roles in words."""

    person: str
    name: str
    roles: str


def keys_of_demonstration(ledger: Ledger, keys: Path) -> Mapping[str, SigningKey]:
    """Return the officers' keys of a demonstration, by person. Raises ValueError for any other register."""
    if not is_demonstration(ledger.folder):
        raise ValueError(f"{ledger.folder}: expected a demonstration")
    read = ledger.read()
    loaded = [SigningKey.load(path) for path in sorted(keys.glob("*.key")) if not path.name.startswith("issuer-")]
    return {person: key for key in loaded if (person := read.key_holder(key.key_id)) is not None}


def demonstrated_officers(console: Console, language: Language) -> list[DemonstratedOfficer]:
    """Return the officers as whom one may enter, in the order of their roles; of no other register there are any."""
    read, order = console.office.ledger.read(), list(Role)
    officers: list[tuple[int, DemonstratedOfficer]] = []
    for person, key in console.demonstrated.items():
        officer = read.officer(person)
        held = [role for role in order if role in officer.roles]
        if held and key.key_id in officer.keys:
            roles = ", ".join(ROLE_LABELS[role].into(language) for role in held)
            shown = DemonstratedOfficer(person, name_of(person, read) or person, roles)
            officers.append((order.index(held[0]), shown))
    return [officer for _, officer in sorted(officers)]
