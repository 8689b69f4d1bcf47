"""Readers of the record that have the names of people already: the vault is asked once for all of them."""

from collections.abc import Iterable

from ledger.disclosures import Disclosure
from ledger.domain.events.persons import NAME_DETAILS
from ledger.reading import Draft
from ledger.store.ledger import Ledger


def with_names(ledger: Ledger, people: Iterable[str], staged: Iterable[Disclosure] = ()) -> Draft:
    """Return a reader that has the names of these people, beside ``staged`` disclosures."""
    read = ledger.read()
    details = (read.person(one).named(*NAME_DETAILS) for one in {read.one(person) for person in people})
    held = ledger.vault.held([detail.digest for of_one in details for detail in of_one])
    found = (Disclosure.of_vault(row.encoded) for row in held.values())
    return ledger.read([*staged, *(disclosure for disclosure in found if disclosure is not None)])
