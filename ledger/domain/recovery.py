"""Who could not be given another key if they lost the only one that they have.

A lost key is replaced by a director and a security officer, neither of whom is the person concerned. A director can
make a security officer of anybody who has a key, but a director; nobody can make a director but a director.
"""

from collections.abc import Iterable

from ledger.domain.reader import Reader
from ledger.domain.record import Role


def irreplaceable(people: Iterable[str], read: Reader) -> list[str]:
    """Return those of the officers with one key whose loss could not be made good by any others."""
    present = [one for one in people if not read.human(one).erased]  # nobody else can be given a role
    keyed = {one: officer for one in present if (officer := read.officer(one)).keys}
    directors = {read.one(one) for one, officer in keyed.items() if Role.DIRECTOR in officer.roles}
    able = {read.one(one) for one in keyed}

    def can_be_replaced(person: str) -> bool:
        others, to_direct = able - {person}, directors - {person}
        return bool(to_direct) and bool(others - directors)

    alone = [one for one, officer in keyed.items() if officer.roles and len(officer.keys) == 1]
    return [one for one in alone if not can_be_replaced(read.one(one))]
