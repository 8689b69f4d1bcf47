"""The name of a stream: parsed and written, each the inverse of the other."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.record import Event, Head, Stream

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


def test_an_event_in_a_stream_without_a_name_has_no_subject_however_often_it_is_asked() -> None:
    erased = PersonalDataErased(basis_code="request")
    event = Event(
        ledger="", type="", stream="person", version=1, time=datetime(2017, 5, 1, tzinfo=UTC), nonce=b"",
        head=Head(0, b""), by=(), facts=erased,
    )  # fmt: skip
    for _ in range(2):
        with pytest.raises(ValueError, match="expected KIND:ID"):
            _ = event.subject
