"""What people are called: names that the vault holds."""

from ledger.domain.events.persons import NAME_DETAILS, full_name
from ledger.domain.reader import Reader


def name_of(person_id: str, read: Reader) -> str | None:
    """Returns given and family name, which the vault holds until the person is erased."""
    digests = read.person(read.one(person_id)).named(*NAME_DETAILS)
    parts = {digest.name: read.disclosure(digest.digest) for digest in digests}
    return full_name({name: str(part.value) for name, part in parts.items() if part is not None}) or None
