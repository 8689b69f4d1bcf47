"""A row of what was true: a label and a text."""

from typing import NamedTuple

from ledger.words import Words

YES, NO = Words("yes", "oui"), Words("no", "non")


class Row(NamedTuple):
    """Something that was true; ``address`` is the page that says more, empty if none does."""

    label: Words
    value: Words
    address: str = ""
