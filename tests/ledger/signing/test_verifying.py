"""Many things are verified by several threads, and answered as if by one."""

from contextlib import closing
from threading import Barrier, current_thread

import msgspec
import pytest

from ledger.domain.record import PublicKey
from ledger.signing.verifying import ITEMS_A_THREAD, Claim, Verifiers
from tests.scenario import key_of

MANY = 4 * ITEMS_A_THREAD


def claim(number: int) -> Claim:
    key, message = key_of("registrar"), str(number).encode()
    return Claim(number, "registrar", PublicKey("Ed25519", key.public), message, key.sign(message))


@pytest.mark.parametrize("count", [0, 1, MANY])
def test_claims_that_hold_are_not_answered(count: int) -> None:
    with closing(Verifiers()) as verifiers:
        assert verifiers.false([claim(number) for number in range(count)]) == []


def test_every_claim_that_does_not_hold_is_answered_in_order() -> None:
    claims = [claim(number) for number in range(MANY)]
    forged = [msgspec.structs.replace(claims[number], message=b"other") for number in (3, 40, MANY - 1)]
    for lie in forged:
        claims[lie.number] = lie
    with closing(Verifiers()) as verifiers:
        assert verifiers.false(claims) == forged


def test_results_stand_in_the_order_of_the_items() -> None:
    with closing(Verifiers()) as verifiers:
        assert verifiers.each(str, range(MANY)) == list(map(str, range(MANY)))


def test_the_thread_that_asks_takes_part() -> None:
    together = Barrier(2)

    def meet(item: int) -> str:
        if item < together.parties:
            together.wait(30)
        return current_thread().name

    with closing(Verifiers()) as verifiers:
        assert current_thread().name in verifiers.each(meet, range(MANY))


def test_what_goes_wrong_in_any_thread_is_raised() -> None:
    together = Barrier(2)

    def fail(item: int) -> None:
        if item < together.parties:
            together.wait(30)
        if current_thread().name.startswith("verify"):
            raise OSError("another thread")

    with closing(Verifiers()) as verifiers, pytest.raises(OSError, match="another thread"):
        verifiers.each(fail, range(MANY))
