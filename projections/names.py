"""Names, read from the vault each time: no table of a projection holds one."""

from collections.abc import Mapping

from ledger.disclosures import Disclosure
from ledger.store.vault import Vault


class Names:
    """Joins names from the digests of their parts."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def of(self, people: Mapping[str, tuple[str | None, str | None]]) -> dict[str, str]:
        """Names by person id, from the digests of given and family name; nobody of whom the vault holds neither."""
        parts = {digest for digests in people.values() for digest in digests if digest is not None}
        held = {digest: Disclosure.of_vault(row.encoded) for digest, row in self._vault.held(parts).items()}
        values = {digest: str(part.value) for digest, part in held.items() if part is not None}
        names = {
            person_id: " ".join(filter(None, (values.get(digest or "") for digest in digests)))
            for person_id, digests in people.items()
        }
        return {person_id: name for person_id, name in names.items() if name}
