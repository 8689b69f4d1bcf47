"""What a value may be: one that everyone can read again, and whose size is not that of a file."""

from base64 import urlsafe_b64encode
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from ledger import disclosures
from ledger.disclosures import MAX_BYTES, Disclosure, seal
from ledger.domain.refusal import Refused
from ledger.errors import Unverifiable
from ledger.signing.canonical import MAX_DEPTH, encode_untyped


def nested(depth: int, innermost: Any = "x") -> Any:
    """Return a value inside so many lists."""
    for _ in range(depth):
        innermost = [innermost]
    return innermost


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(b'["salt0000000000000000000","reason",' + value + b"]").rstrip(b"=").decode()


def test_a_value_is_sealed_at_the_greatest_depth_and_size() -> None:
    for value in (nested(MAX_DEPTH - 1), "x" * (MAX_BYTES - 50)):
        (disclosure,) = seal({"reason": {"name": "reason", "value": value}})[1]
        assert Disclosure.parse(disclosure.encoded) == disclosure


@pytest.mark.parametrize(
    ("code", "field", "tree"),
    [
        ("value-too-deep", "details[0].value", {"name": "reason", "value": nested(MAX_DEPTH)}),
        ("value-too-deep", "details[0].value", {"name": "reason", "value": nested(900)}),
        ("value-too-deep", "details[0].value", {"name": "reason", "value": nested(900, {"a": 1})}),
        ("value-too-deep", f"details{'[0]' * (MAX_DEPTH - 1)}", nested(900)),
        ("value-too-large", "details[0].value", {"name": "reason", "value": "x" * MAX_BYTES}),
        ("malformed", "details[0].name", {"name": "Jean Dupont", "value": 1}),
    ],
)
def test_what_is_deeper_or_larger_is_refused(code: str, field: str, tree: Any) -> None:
    """Case R2."""
    with pytest.raises(Refused) as refused:
        seal({"details": [tree]})
    assert (refused.value.code, refused.value.fields["field"]) == (code, field)


@pytest.mark.parametrize("depth", [MAX_DEPTH, 900, 100_000])
def test_a_deeper_disclosure_is_none(depth: int) -> None:
    written = encoded(b"[" * depth + b"]" * depth)
    with pytest.raises(Unverifiable):
        Disclosure.parse(written)
    assert Disclosure.of_vault(written) is None


def test_a_disclosure_is_encoded_once_and_equals_one_that_was_not(monkeypatch: pytest.MonkeyPatch) -> None:
    written, encoding = encoded(b'{"a":[1]}'), Mock(wraps=encode_untyped)
    monkeypatch.setattr(disclosures, "encode_untyped", encoding)
    disclosure = Disclosure.parse(written)
    assert [disclosure.encoded, disclosure.encoded] == [written, written]
    assert len(disclosure.digest) == 43
    assert encoding.call_count == 1
    other = Disclosure("reason", {"a": [1]}, disclosure.salt)
    assert other == disclosure
    assert msgspec.json.encode(other) == msgspec.json.encode(disclosure)
    renamed = msgspec.structs.replace(disclosure, name="other")
    assert renamed.digest != disclosure.digest == other.digest


def test_a_field_whose_name_is_not_ascii_is_refused_with_its_path() -> None:
    for tree, path in (({"é": 1}, "arguments"), ({"details": [{"\ud800": 1}]}, r"details\[0\]")):
        with pytest.raises(ValueError, match=f"^{path}: expected ASCII"):
            seal(tree)
