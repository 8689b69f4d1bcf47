"""Sealing and opening with the keys of a store, which are kept in memory until they are destroyed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

from ledger.store.keystore.port import KeyStore
from ledger.store.keystore.sealing import seal, unseal
from ledger.store.port import Unavailable


class Value(NamedTuple):
    """A value, or what it was sealed to: whose it is, of which field, and its bytes."""

    owner: str
    field: str
    data: bytes


class Keeper:
    """Safe for threads. Raises ``Unavailable`` when the key store cannot be reached."""

    def __init__(self, store: KeyStore) -> None:
        self.store = store
        self._known: dict[str, bytes] = {}
        self._lock = Lock()  # a key that is being destroyed is not learnt meanwhile

    def sealed(self, values: Sequence[Value]) -> list[bytes]:
        """Each value under its owner's key, which is made if there is none. Raises ``Destroyed``."""
        keys = self.make({value.owner for value in values})
        return [seal(keys[value.owner], *value) for value in values]

    def opened(self, values: Sequence[Value]) -> list[bytes | None]:
        """The value behind each; None where the key is there no more. Raises ``Corrupt`` when one was altered."""
        keys = self.keys(values)
        return [unseal(keys.get(value.owner), *value) for value in values]

    def keys(self, values: Sequence[Value]) -> dict[str, bytes]:
        """The keys of the owners of these values who have one."""
        return self._keys({value.owner for value in values}, self.store.keys)

    def make(self, owners: set[str]) -> dict[str, bytes]:
        """The key of each of these owners, which is made if there is none. Raises ``Destroyed``."""
        return self._keys(owners, self.store.make)

    def destroy(self, owners: Iterable[str]) -> None:
        """Destroy the keys of these owners, here and in the store, for good on return."""
        owners = list(owners)
        with self._lock:
            for owner in owners:
                self._known.pop(owner, None)
            if owners:
                with reached():
                    self.store.destroy(owners)

    def _keys(self, owners: set[str], find: Callable[[set[str]], dict[str, bytes]]) -> dict[str, bytes]:
        with self._lock, reached():
            if unknown := owners - self._known.keys():
                self._known |= find(unknown)
            return {owner: self._known[owner] for owner in owners if owner in self._known}


@contextmanager
def reached() -> Iterator[None]:
    """Whoever uses a key store within it waits for it as for the record: what cannot be reached is ``Unavailable``."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"keys of persons cannot be used now: {error}") from error
