"""Codes for wallets: used once, and gone after minutes."""

import itertools
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from api.wallet.codes import CODE_SECONDS, TOKEN_SECONDS, Codes, Grant
from api.wallet.flow import WalletError

NUMBER = "TOA-PCA-FR-2024-01-X"


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2025, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


def drawn() -> Callable[[int], bytes]:
    """Bytes that look random and are the same in each run."""
    counter = itertools.count()
    return lambda size: sha256(b"%d" % next(counter)).digest()[:size]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def codes(clock: Clock) -> Codes:
    return Codes(clock, drawn())


def refused(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(WalletError) as error:
        call()
    return error.value.status, error.value.error


def test_a_code_gives_a_token_for_what_was_offered(codes: Codes) -> None:
    offered = codes.offer(NUMBER, ("sd-jwt", "open-badge"))
    assert len(offered) == 43
    token, seconds = codes.redeem(offered)
    assert seconds == TOKEN_SECONDS
    assert codes.granted(token) == codes.granted(token) == Grant(NUMBER, ("sd-jwt", "open-badge"))


def test_a_code_that_comes_twice_ends_the_token_too(codes: Codes) -> None:
    code = codes.offer(NUMBER, ("sd-jwt",))
    token, _ = codes.redeem(code)
    assert refused(lambda: codes.redeem(code)) == (400, "invalid_grant")
    assert refused(lambda: codes.granted(token)) == (401, "invalid_token")
    assert refused(lambda: codes.redeem(code)) == (400, "invalid_grant")


def test_codes_and_tokens_end(codes: Codes, clock: Clock) -> None:
    early, late = (codes.offer(NUMBER, ("sd-jwt",)) for _ in range(2))
    clock.passes(CODE_SECONDS - 1)
    token, _ = codes.redeem(early)
    clock.passes(1)
    assert refused(lambda: codes.redeem(late)) == (400, "invalid_grant")
    clock.passes(TOKEN_SECONDS - 2)
    assert codes.granted(token).number == NUMBER
    clock.passes(1)
    assert refused(lambda: codes.granted(token)) == (401, "invalid_token")


def test_what_was_never_given_is_no_code(codes: Codes) -> None:
    code = codes.offer(NUMBER, ("sd-jwt",))
    assert refused(lambda: codes.redeem(code[:-1])) == (400, "invalid_grant")
    assert refused(lambda: codes.granted(code)) == (401, "invalid_token")


def test_what_has_ended_is_forgotten(codes: Codes, clock: Clock) -> None:
    class Number(str):
        """A text to which a weak reference can point."""

    number = Number("TOA-OLD")
    gone = weakref.ref(number)
    codes.offer(number, ("sd-jwt",))
    del number
    assert gone() is not None
    clock.passes(CODE_SECONDS)
    codes.offer(NUMBER, ("sd-jwt",))
    assert gone() is None


def test_of_many_who_race_one_gets_the_token(codes: Codes) -> None:
    code = codes.offer(NUMBER, ("sd-jwt",))

    def race(_: int) -> bool:
        try:
            codes.redeem(code)
        except WalletError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        # The second to come takes the code away, so whoever comes after finds none.
        assert sum(pool.map(race, range(20))) == 1
