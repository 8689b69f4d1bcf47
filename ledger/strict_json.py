"""JSON from outside, as every parser reads it alike (RFC 7493, I-JSON).

Parsers differ about a name that is given twice, numbers beyond a double, half surrogate pairs and deep nesting. So what
one program checks could be other than what another one acts on. All of that is refused here.
"""

import json
import re
from itertools import accumulate
from math import isfinite
from typing import Any, NoReturn, TypeVar

import msgspec

T = TypeVar("T")

MAX_DEPTH = 64  # of lists and objects; what is read here has some ten levels
INTEGER_LIMIT = 2**53  # RFC 7493 2.2
# What is no bracket, with texts (even one that does not end), and the brackets after it: nothing is looked at twice.
_BRACKETS = re.compile(rb'(?:[^][{}"]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"?)*+([][{}]*+)', re.DOTALL)
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def decode(data: bytes, kind: type[T]) -> T:
    """The value, as a type that msgspec knows. Raises ValueError naming the field, as ``parse`` does too."""
    parse(data)
    return msgspec.json.decode(data, type=kind)


def parse(data: bytes) -> Any:
    """The value. Raises ValueError (JSONDecodeError for no JSON), whose message repeats nothing that was sent."""
    _require_shallow(data)
    try:
        text = data.decode()
        value = json.loads(
            text, object_pairs_hook=_named_once, parse_constant=_no_number, parse_int=_whole, parse_float=_finite
        )
        if b"\\u" in data:  # in UTF-8 there are none, so only an escape can be half a surrogate pair
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError("expected JSON; it ends early or goes on otherwise", error.doc, error.pos) from None
    except UnicodeError:
        raise ValueError("expected UTF-8, without half surrogate pairs") from None
    return value


def _require_shallow(data: bytes) -> None:
    steps = (_STEPS[bracket] for found in _BRACKETS.finditer(data) for bracket in found[1])
    if any(depth > MAX_DEPTH for depth in accumulate(steps)):
        raise ValueError(f"expected less deeply nested JSON, of {MAX_DEPTH} levels at most")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name is given twice in one JSON object")
    return named


def _no_number(_: str) -> NoReturn:
    raise ValueError("expected a number, not NaN or an infinity")


def _whole(text: str) -> int:
    # Its length first: converting a long number takes a time that grows with the square of it.
    if len(text) > len(str(-INTEGER_LIMIT)) or abs(number := int(text)) >= INTEGER_LIMIT:
        raise ValueError("expected a whole number below 2^53")
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("expected a number within the range of a double")
    return number
