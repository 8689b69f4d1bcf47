"""Public keys and signatures as text: base58btc (multibase "z") and Multikey (Controlled Identifiers 1.0, 2.2.2)."""

from ledger.domain.form import is_key
from ledger.domain.record import Algorithm, PublicKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # without 0, I, O and l
BASE58BTC = "z"
MAX_CHARACTERS = 200  # decoding is quadratic; a signature has 89
HEADERS: dict[Algorithm, bytes] = {"Ed25519": b"\xed\x01", "ES256": b"\x80\x24"}  # multicodec, as varints
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """The bytes in base58btc after "z": each leading zero byte is a "1"."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return BASE58BTC + ALPHABET[0] * zeros + digits


def decode(text: str) -> bytes:
    """The bytes of a text that ``encode`` wrote. Raises ValueError."""
    if not text.startswith(BASE58BTC) or len(text) > MAX_CHARACTERS:
        raise ValueError(f'expected "z" and at most {MAX_CHARACTERS - 1} characters of base58btc')
    digits, number = text.removeprefix(BASE58BTC), 0
    for character in digits:
        if character not in _VALUES:
            raise ValueError(f"{character!r}: no character of base58btc")
        number = number * len(ALPHABET) + _VALUES[character]
    zeros = len(digits) - len(digits.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_key(algorithm: Algorithm, public: bytes) -> str:
    """A raw public key as ``publicKeyMultibase``. Raises ValueError when it is no key of the algorithm."""
    _require_key(algorithm, public)
    return encode(HEADERS[algorithm] + public)


def decode_key(text: str) -> tuple[Algorithm, bytes]:
    """The algorithm and the raw public key. Raises ValueError for any other kind or length of key."""
    data = decode(text)
    for algorithm, header in HEADERS.items():
        if data.startswith(header):
            public = data.removeprefix(header)
            _require_key(algorithm, public)
            return algorithm, public
    raise ValueError("expected a Multikey of Ed25519 or P-256")


def _require_key(algorithm: Algorithm, public: bytes) -> None:
    if not is_key(PublicKey(algorithm, public)):
        raise ValueError(f"expected a public key for {algorithm}")
