"""Certificate numbers: the session, the seat, the issue, and three check letters against typing errors.

``TOA-PCA-FR-2017-02-BTJ`` is the first certificate of the second seat of a session; its reissue is
``TOA-PCA-FR-2017-02.2-MDW``. A session's ranking is computed once and a certification counts its issues,
so a number is never reused.

Numbers of the first form, ``TOA-PCA-FR-2017-02-K``, are those of ``certificate-issued/v1`` and
``certificate-reissued/v1``. They end in one character (ISO/IEC 7064 MOD 37-36), so no single typing error turns
a number of one form into one of the other.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import ClassVar, Self

import msgspec

from ledger.words import Words

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SYMBOLS = ALPHABET + "-."
CHECK_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no digit, so that O is no 0 and I no 1; no vowel, so that they spell no word
CHECK_LENGTH = 3
MODULUS = 7993  # the largest prime that three of 20 letters can express
MOST_CHARACTERS = 100  # of a text that is read as a number

_BODY = r"(?P<session>[A-Z0-9]+(?:-[A-Z0-9]+)*)-(?P<serial>\d{2,})(?:\.(?P<issue>\d+))?"
_FORM = re.compile(rf"{_BODY}-[{CHECK_LETTERS}]{{{CHECK_LENGTH}}}", re.ASCII)
_FIRST_FORM = re.compile(rf"{_BODY}-[A-Z0-9]", re.ASCII)
_RESEMBLES = re.compile(r"(?=.*\d)(?=.*[^\W\d])[\w.]+(-[\w.]+)+-\d{0,4}(\.\d{1,2})?\w{1,4}")

_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff]")
_SEPARATORS = re.compile(r"[\s_\-\xad\u2010-\u2015\u2043\u2212\u2e3a\u2e3b]+")
_POINT = re.compile(r"\s*[.,\xb7]\s*")
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_CONFUSED = re.compile("[0O1IL]")
_DIGITS, _LETTERS = str.maketrans("OIL", "011"), str.maketrans("01", "OI")
_CHECK = str.maketrans("1I", "LL")  # of the three letters, where they mean nothing else
_ALIKE = {"0": "0O", "O": "O0", "1": "1IL", "I": "I1L", "L": "L1I"}  # check characters of the first form


class NumberError(ValueError):
    """A text that is read as no certificate number; ``words`` says why to the person who typed it."""

    words: ClassVar[Words]

    def __init__(self) -> None:
        super().__init__(self.words.en)


class NotANumber(NumberError):
    """The text does not look like a certificate number."""

    words = Words(
        "expected a certificate number, such as TOA-PCA-FR-2017-02-BTJ",
        "un numéro de certificat est attendu, par exemple TOA-PCA-FR-2017-02-BTJ",
    )


class Mistyped(NumberError):
    """The text looks like a certificate number, but the check at its end does not match."""

    words = Words(
        "check the certificate number: one character looks mistyped",
        "vérifiez le numéro du certificat : un caractère semble mal saisi",
    )


class CertificateNumber(msgspec.Struct, frozen=True):
    """``serial`` and ``issue`` count from 1; the issue is written from the second on."""

    session_id: str
    serial: int
    issue: int
    first_form: bool = False

    def __str__(self) -> str:
        issue = f".{self.issue}" if self.issue > 1 else ""
        body = f"{self.session_id}-{self.serial:02d}{issue}"
        return f"{body}-{check_character(body) if self.first_form else check_letters(body)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Returns the number that is written exactly so, in either form. Raises ``NumberError``."""
        match, first = _FORM.fullmatch(text), _FIRST_FORM.fullmatch(text)
        found = match or first
        if found is None:
            raise Mistyped if len(text) <= MOST_CHARACTERS and _RESEMBLES.fullmatch(text) else NotANumber
        number = cls(found["session"], int(found["serial"]), int(found["issue"] or 1), found is first)
        if str(number) != text:
            raise Mistyped
        return number

    @classmethod
    def read(cls, text: str) -> Self:
        """Returns the number that a person typed, pasted or scanned. Raises ``NumberError``.

        Case, kinds of spaces and dashes, surrounding punctuation, and O or 0, I, l or 1 make no difference. An
        address around the number is the caller's to take off.
        """
        if len(text) > MOST_CHARACTERS:
            raise NotANumber
        errors = []
        for spelling in _spellings(_plain(text)):
            try:
                return cls.parse(spelling)
            except NumberError as error:
                errors.append(error)
        raise errors[0]


def check_letters(body: str) -> str:
    """Returns the check of a number's text before its last hyphen.

    It is the remainder, by a prime, of the text read as one number in base 38, whose digits are ``SYMBOLS``. A wrong
    character changes it by d * 38^k, a swap of neighbours by d * 37 * 38^k, with 0 < abs(d) < 38: never by a multiple
    of the prime. The same holds of any change within two neighbouring characters.
    """
    remainder = 0
    for symbol in body:
        remainder = (remainder * len(SYMBOLS) + SYMBOLS.index(symbol)) % MODULUS
    size = len(CHECK_LETTERS)
    return "".join(CHECK_LETTERS[remainder // size**place % size] for place in reversed(range(CHECK_LENGTH)))


def check_character(body: str) -> str:
    """Returns the check of the first form: ISO/IEC 7064 MOD 37-36 over letters and digits, others skipped."""
    size = len(ALPHABET)
    product = size
    for character in body:
        if character in ALPHABET:
            product = (product + ALPHABET.index(character)) % size or size
            product = product * 2 % (size + 1)
    return ALPHABET[(size + 1 - product) % size]


def _plain(text: str) -> str:
    """Returns a text whose parts are joined by hyphens and points, without what surrounds it."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _SEPARATORS.sub("-", _POINT.sub(".", _ENDS.sub("", text)))


def _spellings(text: str) -> Iterator[str]:
    """Yields the text in capitals, then with each character that is easily confused as those around it suggest."""
    yield text.upper()
    if not text.islower():
        text = text.replace("l", "1")  # among capitals it is an I or a 1
    *session, seat, check = ["", *text.upper().split("-")]
    if len(session) > 1:
        spelled = "-".join(map(_as_neighbours, session[1:]))
        for end in _ALIKE.get(check, [check.translate(_CHECK)]):
            yield f"{spelled}-{_as_digits(seat)}-{end}"


def _as_neighbours(part: str) -> str:
    """Returns a part of the session with O or 0, I or 1 and L as the characters on either side: digits or letters."""
    plain = _CONFUSED.sub(" ", part)
    if plain.isspace():
        return _as_digits(part) if re.search("[01]", part) else part
    spelled = ""
    for place, character in enumerate(part):
        nearest = (plain[:place].rstrip()[-1:], plain[place:].lstrip()[:1])
        kinds = {each.isdigit() for each in nearest if each}
        spelled += character if len(kinds) > 1 else _as_digits(character) if True in kinds else _as_letters(character)
    return spelled


def _as_digits(text: str) -> str:
    return text.translate(_DIGITS)


def _as_letters(text: str) -> str:
    return text.translate(_LETTERS)
