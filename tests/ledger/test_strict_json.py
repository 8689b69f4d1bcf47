"""JSON from outside: what two parsers could read differently is refused."""

import json
import tracemalloc
from time import process_time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import strict_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)

REFUSED = {
    "a name twice": (b'{"a":1,"b":2,"a":1}', "given twice"),
    "a name twice, once escaped": (rb'{"a":1,"\u0061":1}', "given twice"),
    "a name twice, deep inside": (b'{"x":[{"y":{"a":1,"a":2}}]}', "given twice"),
    "NaN": (b'{"a":NaN}', "not NaN"),
    "infinity": (b"[-Infinity]", "not NaN"),
    "beyond a double": (b"[1e999]", "within the range"),
    "2^53": (b"[9007199254740992]", "below 2"),
    "-2^53": (b"[-9007199254740992]", "below 2"),
    "a million digits": (b"[" + b"9" * 1_000_000 + b"]", "below 2"),
    "half a surrogate pair": (rb'["\ud800"]', "surrogate"),
    "half a pair as a name": (rb'{"\udc00":1}', "surrogate"),
    "Latin-1": ('["é"]'.encode("latin-1"), "UTF-8"),
    "UTF-16": ('["a"]'.encode("utf-16"), "UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf[]", "char 0"),
    "65 levels of lists": (b"[" * 65 + b"]" * 65, "64 levels"),
    "65 levels of objects": (b'{"a":' * 65 + b"1" + b"}" * 65, "64 levels"),
    "a million levels": (b"[" * 1_000_000, "64 levels"),
    "cut short": (b'{"a":', "char 5"),
    "nothing": (b"", "char 0"),
    "two values": (b"{} {}", "char 3"),
}


@pytest.mark.parametrize(("data", "says"), REFUSED.values(), ids=REFUSED)
def test_what_parsers_read_differently_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        strict_json.parse(data)
    with pytest.raises(ValueError, match=says):
        strict_json.decode(data, dict[str, msgspec.Raw])


@given(VALUES)
def test_everything_else_is_read_as_it_was_written(value: Any) -> None:
    assert strict_json.parse(json.dumps(value).encode()) == value
    assert strict_json.decode(msgspec.json.encode(value), Any) == value


def test_levels_are_counted_outside_texts_only() -> None:
    assert strict_json.parse(b"[" * 64 + b"]" * 64)
    brackets = json.dumps(["[" * 1000, '"[{' * 1000, "\\" + "[" * 1000])
    assert strict_json.parse(brackets.encode()) == json.loads(brackets)


@pytest.mark.parametrize("unit", [b"[],", b'{"a":1},', b'"",', rb'"\\",', b"0,"])
def test_a_megabyte_takes_bounded_time(unit: bytes) -> None:
    """What is presented as JSON has a megabyte at most."""
    begun = process_time()
    strict_json.parse(b"[" + unit * (1_000_000 // len(unit)) + b"0]")
    assert process_time() - begun < 5


def test_a_text_that_does_not_end_is_looked_at_once() -> None:
    begun = process_time()
    with pytest.raises(ValueError, match="char"):
        strict_json.parse(b'["' + b'\\"' * 500_000)
    assert process_time() - begun < 5


def test_a_megabyte_takes_bounded_memory() -> None:
    data = b"[" + b"[]," * 333_333 + b"0]"
    tracemalloc.start()
    strict_json.parse(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 64 * 1024 * 1024
