"""Codes for wallets: used once, gone after minutes, not guessed, and kept by their hashes only."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from api.wallet.codes import CODE_SECONDS, MAX_WRONG_TX_CODES, TOKEN_SECONDS, Codes, Grant
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
def codes(clock: Clock) -> Iterator[Codes]:
    codes = Codes(None, clock, drawn())
    yield codes
    codes.close()


def refused(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(WalletError) as error:
        call()
    return error.value.status, error.value.error


def test_a_code_gives_a_token_for_what_was_offered(codes: Codes) -> None:
    offered = codes.offer(NUMBER, ("sd-jwt", "open-badge"))
    assert len(offered.code) == 43
    assert offered.tx_code is None
    token, seconds = codes.redeem(offered.code, None)
    assert seconds == TOKEN_SECONDS
    assert codes.granted(token) == codes.granted(token) == Grant(NUMBER, ("sd-jwt", "open-badge"))


def test_a_code_that_comes_twice_ends_the_token_too(codes: Codes) -> None:
    code = codes.offer(NUMBER, ("sd-jwt",)).code
    token, _ = codes.redeem(code, None)
    assert refused(lambda: codes.redeem(code, None)) == (400, "invalid_grant")
    assert refused(lambda: codes.granted(token)) == (401, "invalid_token")
    assert refused(lambda: codes.redeem(code, None)) == (400, "invalid_grant")


def test_codes_and_tokens_end(codes: Codes, clock: Clock) -> None:
    early, late = (codes.offer(NUMBER, ("sd-jwt",)).code for _ in range(2))
    clock.passes(CODE_SECONDS - 1)
    token, _ = codes.redeem(early, None)
    clock.passes(1)
    assert refused(lambda: codes.redeem(late, None)) == (400, "invalid_grant")
    clock.passes(TOKEN_SECONDS - 2)
    assert codes.granted(token).number == NUMBER
    clock.passes(1)
    assert refused(lambda: codes.granted(token)) == (401, "invalid_token")


def test_what_was_never_given_is_no_code(codes: Codes) -> None:
    code = codes.offer(NUMBER, ("sd-jwt",)).code
    assert refused(lambda: codes.redeem(code[:-1], None)) == (400, "invalid_grant")
    assert refused(lambda: codes.granted(code)) == (401, "invalid_token")


def test_a_transaction_code_is_asked_for_where_it_was_offered_and_only_there(codes: Codes) -> None:
    plain, offered = codes.offer(NUMBER, ("sd-jwt",)), codes.offer(NUMBER, ("sd-jwt",), with_tx_code=True)
    assert offered.tx_code is not None
    assert len(offered.tx_code) == 6
    assert offered.tx_code.isdecimal()
    assert refused(lambda: codes.redeem(plain.code, "000000")) == (400, "invalid_request")
    assert refused(lambda: codes.redeem(offered.code, None)) == (400, "invalid_request")
    assert codes.redeem(plain.code, None)
    assert codes.redeem(offered.code, offered.tx_code)


def test_a_transaction_code_is_not_guessed(codes: Codes) -> None:
    first, second = (codes.offer(NUMBER, ("sd-jwt",), with_tx_code=True) for _ in range(2))
    for _ in range(MAX_WRONG_TX_CODES - 1):
        assert refused(lambda: codes.redeem(first.code, "x")) == (400, "invalid_grant")
    assert codes.redeem(first.code, first.tx_code)
    for _ in range(MAX_WRONG_TX_CODES):
        assert refused(lambda: codes.redeem(second.code, "x")) == (400, "invalid_grant")
    assert refused(lambda: codes.redeem(second.code, second.tx_code)) == (400, "invalid_grant")


def test_the_database_holds_no_code_and_no_token(tmp_path: Path, clock: Clock) -> None:
    codes = Codes(tmp_path / "wallet.db", clock, drawn())
    offered = codes.offer(NUMBER, ("sd-jwt",), with_tx_code=True)
    token, _ = codes.redeem(offered.code, offered.tx_code)
    codes.close()
    kept = (tmp_path / "wallet.db").read_bytes()
    assert NUMBER.encode() in kept
    for secret in (offered.code, token, offered.tx_code or ""):
        assert secret.encode() not in kept


def test_what_has_ended_is_forgotten(tmp_path: Path, clock: Clock) -> None:
    codes = Codes(tmp_path / "wallet.db", clock, drawn())
    codes.offer("TOA-OLD", ("sd-jwt",))
    clock.passes(CODE_SECONDS)
    codes.offer(NUMBER, ("sd-jwt",))
    assert codes._connection.execute("SELECT number FROM wallet_codes").fetchall() == [(NUMBER,)]
    codes.close()


def test_of_many_who_race_one_gets_the_token(tmp_path: Path, clock: Clock) -> None:
    """Two processes on one file, of two threads each."""
    stores = [Codes(tmp_path / "wallet.db", clock) for _ in range(2)]
    code = stores[0].offer(NUMBER, ("sd-jwt",)).code

    def race(place: int) -> bool:
        try:
            stores[place % 2].redeem(code, None)
        except WalletError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        # The second to come takes the code away, so whoever comes after finds none.
        assert sum(pool.map(race, range(20))) == 1
    for store in stores:
        store.close()
