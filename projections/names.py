"""Names, read from the vault each time: no table of a projection holds one."""

from __future__ import annotations

from ledger.store.vault import Vault


class Names:
    """Puts a name together from the digests of its parts."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def join(self, given_name: str | None, family_name: str | None) -> str | None:
        """The parts that the vault still holds, given name first; None when it holds none."""
        parts = [self._part(digest) for digest in (given_name, family_name) if digest is not None]
        return " ".join(part for part in parts if part) or None

    def _part(self, digest: str) -> str:
        held = self._vault.get(digest)
        return "" if held is None else str(held.disclosed().value)
