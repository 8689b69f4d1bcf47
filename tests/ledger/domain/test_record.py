"""The name of a stream: parsed and written, each the inverse of the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.record import Stream

PART = st.text(min_size=1)


@given(PART.filter(lambda kind: ":" not in kind), PART)
def test_what_is_written_is_parsed_back(kind: str, identifier: str) -> None:
    stream = Stream(kind, identifier)
    assert Stream.parse(str(stream)) == stream


@given(st.from_regex(r"[a-z]+:.+", fullmatch=True))
def test_what_is_parsed_is_written_back(text: str) -> None:
    assert str(Stream.parse(text)) == text


@pytest.mark.parametrize("text", ["", ":", "officer", "officer:", ":x"])
def test_what_lacks_a_kind_or_an_id_is_no_stream(text: str) -> None:
    with pytest.raises(ValueError, match="expected KIND:ID"):
        Stream.parse(text)
