"""Certificate numbers: the session, the seat, the issue, and a check character against typing errors.

``TOA-PCA-FR-2017-02-K`` is the first certificate of the second seat of a session; its reissue is
``TOA-PCA-FR-2017-02.2-0``. A session's ranking is computed once and a certification counts its issues,
so a number is never reused. The check character is ISO/IEC 7064 MOD 37-36 over the letters and digits:
it finds every single wrong character and nearly every swap of neighbours.
"""

import re
from typing import Self

import msgspec

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORM = re.compile(r"(?P<session>[A-Z0-9]+(?:-[A-Z0-9]+)*)-(?P<serial>\d{2,})(?:\.(?P<issue>\d+))?-(?P<check>[A-Z0-9])")


class CertificateNumber(msgspec.Struct, frozen=True):
    """``serial`` and ``issue`` count from 1; the issue is written from the second on."""

    session_id: str
    serial: int
    issue: int

    def __str__(self) -> str:
        issue = f".{self.issue}" if self.issue > 1 else ""
        body = f"{self.session_id}-{self.serial:02d}{issue}"
        return f"{body}-{check_character(body)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The number written exactly so. Raises ValueError naming what was expected."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError("expected SESSION-SERIAL-CHECK, such as TOA-PCA-FR-2017-02-K")
        number = cls(match["session"], int(match["serial"]), int(match["issue"] or 1))
        if str(number) != text:
            raise ValueError("one character looks mistyped (the check character does not match)")
        return number


def check_character(text: str) -> str:
    """ISO/IEC 7064 MOD 37-36: the hybrid system over 36 characters; other characters are skipped."""
    size = len(ALPHABET)
    product = size
    for character in text:
        if character in ALPHABET:
            product = (product + ALPHABET.index(character)) % size or size
            product = product * 2 % (size + 1)
    return ALPHABET[(size + 1 - product) % size]
