"""Personal data as statements name it: each value with a salt of its own, and the digest of both.

A value is written as an RFC 9901 disclosure. Without the salt the value cannot be guessed from the digest: once the
disclosure is deleted the value is erased, while every signature and proof still holds. The disclosures themselves
are in the vault (:mod:`ledger.store.vault`).
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, ClassVar, Self

import msgspec

from ledger.domain.decisions.acting import Command
from ledger.domain.events.common import Digest
from ledger.domain.form import NAME_OF_DIGEST, require_text
from ledger.domain.reader import Disclosed
from ledger.domain.refusal import Refused
from ledger.errors import Unverifiable
from ledger.signing.canonical import MAX_DEPTH, TooDeep, encode_untyped
from ledger.words import Words

SALT_BYTES = 16  # RFC 9901 9.3: at least 128 random bits
_MIN_SALT_CHARACTERS = 22  # 16 bytes in base64url
MAX_BYTES = 16 * 1024  # of a value with its name and salt, as JSON: five pages of text
_decoder = msgspec.json.Decoder(tuple[str, str, Any])


class Unstatable(Refused):
    """Refusals of values that nobody could read again, or that have the size of a file."""

    texts: ClassVar = {
        "value-too-deep": Words(
            "{field}: expected at most {most} levels of lists and objects",
            "{field} : {most} niveaux de listes et d’objets au plus sont attendus",
        ),
        "value-too-large": Words(
            "{field}: expected at most {most} bytes", "{field} : {most} octets au plus sont attendus"
        ),
    }


class Disclosure(Disclosed, frozen=True, dict=True):
    """A value by name, with a salt of its own.

    It is encoded and hashed once, though a statement asks for that ten times: nobody may change a value that is a list
    or an object.
    """

    @cached_property
    def encoded(self) -> str:
        """base64url, without padding, of the JSON array [salt, name, value] (RFC 9901 4.2.1)."""
        return _base64url(encode_untyped([self.salt, self.name, self.value]))

    @cached_property
    def digest(self) -> str:
        """The digest in the statement (43 characters)."""
        return digest_of(self.encoded)

    @classmethod
    def parse(cls, encoded: str) -> Self:
        """The disclosure that is written exactly like this. Raises ``Unverifiable``."""
        with suppress(ValueError, RecursionError):
            salt, name, value = _decoder.decode(decoded(encoded))
            disclosure = cls(name, value, salt)
            if disclosure.encoded == encoded and len(salt) >= _MIN_SALT_CHARACTERS:
                return disclosure
        raise Unverifiable("disclosure-malformed", "expected base64url of a canonical JSON array [salt, name, value]")

    @classmethod
    def of_vault(cls, encoded: str) -> Self | None:
        """The disclosure that was stored like this; None when it is none, so that it hides no other from readers."""
        with suppress(Unverifiable):
            return cls.parse(encoded)
        return None


def digest_of(encoded: str) -> str:
    """base64url(SHA-256(ASCII(disclosure))) without padding (RFC 9901 4.2.3)."""
    return _base64url(sha256(encoded.encode("ascii")).digest())


def decoded(encoded: str) -> bytes:
    """The JSON of a disclosure, before anything is checked. Raises ValueError."""
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def random_salt() -> str:
    """128 fresh random bits, as RFC 9901 9.3 recommends."""
    return secrets.token_urlsafe(SALT_BYTES)


def seal_command(
    command: type[Command], arguments: Mapping[str, Any], new_salt: Callable[[], str] = random_salt
) -> tuple[Any, tuple[Disclosure, ...]]:
    """The arguments of a command as :func:`seal` returns them, where its sealed codes may be given in clear."""
    codes = {
        field: {"name": name, "value": arguments[field]}
        for field, name in command.sealed_codes.items()
        if isinstance(arguments.get(field), str)
    }
    return seal({**arguments, **codes}, new_salt)


def seal(tree: Any, new_salt: Callable[[], str] = random_salt) -> tuple[Any, tuple[Disclosure, ...]]:
    """A JSON-like tree with each ``{"name": ..., "value": ...}`` replaced by its digest, and the disclosures.

    Raises ``Refused`` when the tree or a value is too deep or too large, and ValueError for other values that no
    disclosure can state.
    """
    disclosures: list[Disclosure] = []
    return _sealed(tree, "", MAX_DEPTH, new_salt, disclosures), tuple(disclosures)


def digests_of(value: Any) -> Iterator[Digest]:
    """Every digest in a fact, or in a value of its fields, in their order."""
    match value:
        case Digest():
            yield value
        case tuple():
            for item in value:
                yield from digests_of(item)
        case msgspec.Struct():
            for field in _fields_with_digests(type(value)):
                yield from digests_of(getattr(value, field))


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _sealed(tree: Any, path: str, depth: int, new_salt: Callable[[], str], disclosures: list[Disclosure]) -> Any:
    """``depth`` is how many levels may begin here."""
    match tree:
        case {"name": str(name), "value": value} if len(tree) == 2:
            require_text(f"{path}.name", name, NAME_OF_DIGEST)
            disclosure = Disclosure(name, value, new_salt())
            disclosures.append(disclosure)
            return {"name": name, "digest": digest_of(_bounded(disclosure, f"{path}.value"))}
        case dict() | list() | tuple() if not depth:
            raise Unstatable("value-too-deep", field=path, most=MAX_DEPTH)
        case dict() if not all(map(str.isascii, tree)):
            raise ValueError(f"{path or 'arguments'}: expected ASCII names of fields")
        case dict():
            return {
                key: _sealed(item, f"{path}.{key}".lstrip("."), depth - 1, new_salt, disclosures)
                for key, item in tree.items()
            }
        case list() | tuple():
            return [
                _sealed(item, f"{path}[{index}]", depth - 1, new_salt, disclosures) for index, item in enumerate(tree)
            ]
        case _:
            return tree


def _bounded(disclosure: Disclosure, field: str) -> str:
    """The disclosure as it is written. Raises ``Refused`` when it is out of bounds."""
    try:
        encoded = disclosure.encoded
    except TooDeep:
        raise Unstatable("value-too-deep", field=field, most=MAX_DEPTH) from None
    if len(encoded) * 3 // 4 > MAX_BYTES:
        raise Unstatable("value-too-large", field=field, most=MAX_BYTES)
    return encoded


@cache
def _fields_with_digests(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(struct) if _may_hold(field.type))


@cache
def _may_hold(kind: Any) -> bool:
    """Whether a value of this type can hold a digest."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind is Digest or bool(_fields_with_digests(kind))
    return any(map(_may_hold, getattr(kind, "__args__", ())))
