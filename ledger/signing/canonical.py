"""Canonical JSON: the part of RFC 8785 in which a fast encoder and the standard agree byte for byte.

They agree on strings, booleans, null, integers below 2^53 and objects with ASCII keys. Floats, larger
integers and other keys are refused, so that it does not matter how they would differ. So is what nests so deep that
reading it again could end the reader.
"""

from typing import Any

import msgspec

INTEGER_LIMIT = 2**53  # RFC 8785 3.2.2.3 writes numbers as IEEE 754 doubles
MAX_DEPTH = 32  # nothing that is signed nests half as deep; readers that recurse manage some hundreds
_encoder = msgspec.json.Encoder(order="sorted")


class TooDeep(ValueError):
    """Lists and objects nest deeper than ``MAX_DEPTH``."""


def encode(value: Any) -> bytes:
    """The canonical bytes of a typed Struct, whose types hold neither floats nor foreign keys."""
    return _encoder.encode(value)


def encode_untyped(value: Any) -> bytes:
    """The canonical bytes of a JSON-like tree. Raises ValueError naming the path of a value that is refused."""
    _require_canonical(value, "$", MAX_DEPTH)
    return _encoder.encode(value)


def _require_canonical(value: Any, path: str, depth: int) -> None:
    """``depth`` is how many levels of lists and objects may begin here."""
    match value:
        case str():  # first, as most are
            pass
        case int() if abs(value) >= INTEGER_LIMIT:
            raise ValueError(f"{path}: expected an integer below 2^53")
        case None | bool() | int():
            pass
        case list() | tuple() | dict() if not depth:
            raise TooDeep(f"expected at most {MAX_DEPTH} levels of lists and objects")
        case list() | tuple():
            for index, item in enumerate(value):
                _require_canonical(item, f"{path}[{index}]", depth - 1)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise ValueError(f"{path}: expected ASCII keys, not {key!r}")
                _require_canonical(item, f"{path}.{key}", depth - 1)
        case _:
            raise ValueError(f"{path}: expected a string, whole number, list or object")
