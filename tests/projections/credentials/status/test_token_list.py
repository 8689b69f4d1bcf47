"""The Token Status List: each certificate has its two bits and no others, whatever the rest of the list holds."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from projections.credentials.proofs import jws
from projections.credentials.status.status_list import SIZE
from projections.credentials.status.token_list import INVALID, SUSPENDED, TokenStatus, encode

PLACES = st.integers(0, SIZE - 1)
STATUSES = st.dictionaries(PLACES, st.sampled_from((INVALID, SUSPENDED)), max_size=50)


def decoded(lst: str) -> dict[int, int]:
    """The status by place of all that are not valid."""
    packed = zlib.decompress(jws.decode(lst))
    assert len(packed) * 4 == SIZE, "as many as every other list, so that its size tells nothing"
    return {
        4 * byte + place: bits >> 2 * place & 3
        for byte, bits in enumerate(packed)
        if bits
        for place in range(4)
        if bits >> 2 * place & 3
    }


@given(STATUSES)
def test_exactly_these_certificates_have_these_statuses(statuses: dict[int, TokenStatus]) -> None:
    assert decoded(encode(statuses)) == statuses


@given(STATUSES)
def test_the_same_statuses_are_the_same_text(statuses: dict[int, TokenStatus]) -> None:
    assert encode(statuses) == encode(dict(reversed(statuses.items())))
