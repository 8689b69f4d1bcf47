"""Erases persons, and finds one by name, in simulated registers: in the largest beside the smallest.

The files are on the disk of the run's folder, which the report names. An erasure is a statement of two officers, whose
signing is outside the clock; with the receipt it is verified and ruled upon, the person's values are deleted from the
record by one synced commit, and their key is overwritten and removed by four more syncs. The figure is that of the
median. Whoever is found is found by the index of names in the memory of a process. *find-first* makes that index, as a
command does that looks for its first person, beside the same process's reading and unsealing of the names alone."""

from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import select

from api.secretariat.proposals import proposal
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.likeness import keys_of
from ledger.signing.envelope import seal
from ledger.signing.keys import SigningKey
from ledger.store.keystore.keeper import Keeper
from ledger.store.keystore.port import person
from ledger.store.keystore.sealing import unseal
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt, Submission
from ledger.store.vault import COMPARED, SEALED_VALUES, Vault
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.benchmarks.registers import clock, copied
from tests.scenario import names

ERASED, LOOKED_FOR = 10, 100  # in a round
DETAILS = names("Zoe")
_ROW = SEALED_VALUES.c
GOAL = 0.8  # no slower in a register ten times as large, but for noise


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """Erasures, persons found by name, and the making of the index that finds them."""
    ends = min(size.entries), max(size.entries)
    small, large = (Office(copied(folder, entries, f"erase-{n}"), stack) for n, entries in enumerate(ends))
    against = f"{ends[0]:,} entries, not {ends[1]:,}"
    return [
        Comparison("erasure", "persons", against, GOAL, large.erased, small.erased),
        Comparison("find-person", "names", against, GOAL, large.found, small.found),
        Comparison("find-first", "persons", "unsealed", None, large.indexed, large.unsealed),
    ]


class Office:
    """The officers of a register, with their keys."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._ledger = stack.enter_context(Ledger.open(folder, clock, is_simulated=True))
        keys = {key.key_id: key for key in map(SigningKey.load, (folder.parent / "keys").glob("*.key"))}
        read = self._ledger.read()
        self._keys = {
            officer: keys[key_id]
            for officer in self._ledger.people()
            for key_id in read.officer(officer).keys.keys() & keys.keys()
        }
        self._numbers = count()

    def register(self, count: int) -> None:
        """Register so many persons, in one commit."""
        ids = [f"fresh-{next(self._numbers)}" for _ in range(count)]
        answers = self._ledger.submit(
            [self._submission("register-person", person_id=person_id, details=DETAILS) for person_id in ids]
        )
        assert all(isinstance(answer, Receipt) for answer in answers)

    def erased(self) -> float:
        """How many persons are erased a second, each in a commit. They are registered first."""
        spent = []
        for _ in range(ERASED):
            person_id = f"fresh-{next(self._numbers)}"
            self._ledger.record(self._submission("register-person", person_id=person_id, details=DETAILS))
            erasure = self._submission("erase-personal-data", person_id=person_id, basis_code="request")
            began = perf_counter()
            self._ledger.record(erasure)
            spent.append(perf_counter() - began)
        return 1 / median(spent)

    def found(self) -> float:
        """How many names are looked for a second, once the index is made."""
        vault = self._ledger.vault
        vault.with_keys(())
        wanted = [keys_of([f"Zoe Exemple {number}"], []) for number in range(LOOKED_FOR)]
        return LOOKED_FOR / seconds(lambda: list(map(vault.with_keys, wanted)))

    def indexed(self) -> float:
        """How many persons a second are added to the index of a process that has none, and no key in memory."""
        vault = Vault(self._ledger.database, Keeper(self._ledger.keys.store))
        return self._persons() / seconds(lambda: vault.with_keys(()))

    def unsealed(self) -> float:
        """How many persons' details a second are read and unsealed with keys that are read too."""
        return self._persons() / seconds(self._unseal)

    def _unseal(self) -> None:
        rows = self._ledger.database.run(select(_ROW.person_id, _ROW.name, _ROW.sealed).where(_ROW.name.in_(COMPARED)))
        keys = self._ledger.keys.store.keys({person(row.person_id) for row in rows})
        for person_id, name, sealed in rows:
            unseal(keys[person(person_id)], person(person_id), name, sealed)

    def _persons(self) -> int:
        of = select(_ROW.person_id).where(_ROW.name.in_(COMPARED)).distinct()
        return len(self._ledger.database.run(of))

    def _submission(self, name: str, **arguments: object) -> Submission:
        roles = BY_COMMAND_NAME[name].seats
        said = proposal(name, *(self._ledger.holders(role)[0] for role in roles), **arguments)
        prepared = self._ledger.prepare(said.command, said.signers, said.disclosures)
        signatures = tuple(prepared.signed_by(self._keys[signer.person]) for signer in said.signers)
        return Submission(said.command, seal(prepared.payload, signatures), said.disclosures)
