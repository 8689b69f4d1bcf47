"""Codes for wallets: used once, and gone after minutes."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from api.wallet.codes import CODE_SECONDS, TOKEN_SECONDS, Codes, Grant
from api.wallet.flow import WalletError
from ledger.store.desk_tables import WALLET_CODES
from ledger.store.opening import open_record
from ledger.store.port import Database
from tests.records import record

__all__ = ["record"]

pytestmark = pytest.mark.usefixtures("engine")

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
def codes(record: Database, clock: Clock) -> Codes:
    return Codes(record, clock, drawn())


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


def test_what_has_ended_is_forgotten(codes: Codes, record: Database, clock: Clock) -> None:
    codes.offer("TOA-OLD", ("sd-jwt",))
    clock.passes(CODE_SECONDS)
    codes.offer(NUMBER, ("sd-jwt",))
    assert [row.number for row in record.run(select(WALLET_CODES))] == [NUMBER]


def test_the_record_holds_nothing_that_can_be_redeemed(codes: Codes, record: Database) -> None:
    code = codes.offer(NUMBER, ("sd-jwt",))
    token, _ = codes.redeem(code)
    (row,) = record.run(select(WALLET_CODES))
    assert not {code, token} & set(row)
    for stored in (row.code, row.token):
        assert refused(lambda stored=stored: codes.redeem(stored)) == (400, "invalid_grant")  # type: ignore[misc]  # mypy infers no type for a lambda with a default
        assert refused(lambda stored=stored: codes.granted(stored)) == (401, "invalid_token")  # type: ignore[misc]


def test_another_process_redeems_what_one_offered(codes: Codes, tmp_path: Path, clock: Clock) -> None:
    with closing(open_record(tmp_path)) as of_another:
        other = Codes(of_another, clock)
        token, _ = other.redeem(codes.offer(NUMBER, ("sd-jwt",)))
        assert codes.granted(token) == other.granted(token) == Grant(NUMBER, ("sd-jwt",))


def test_of_many_who_race_one_gets_the_token(codes: Codes, tmp_path: Path, clock: Clock) -> None:
    code = codes.offer(NUMBER, ("sd-jwt",))
    with closing(open_record(tmp_path)) as of_another, ThreadPoolExecutor(4) as pool:
        processes = codes, Codes(of_another, clock)

        def race(number: int) -> bool:
            try:
                processes[number % 2].redeem(code)
            except WalletError:
                return False
            return True

        # The second to come takes the code away, so whoever comes after finds none.
        assert sum(pool.map(race, range(20))) == 1
