"""Verifying many signatures, on every processor: OpenSSL does it outside the interpreter's lock.

The calling thread takes part: it is awake, and others join it as fast as the system wakes them.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from typing import TypeVar

import msgspec

from ledger.domain.deciding import accepted_of, public_key_for
from ledger.domain.reader import Reader
from ledger.domain.record import Accepted, Event, Fact, OfficerKey, Passkey, Signer
from ledger.errors import Unverifiable
from ledger.signing.envelope import Signature
from ledger.signing.officer_key import verify
from ledger.signing.passkeys import fault_of

ITEMS_A_THREAD = 16  # about two milliseconds: for fewer it is not worth waking another thread

A = TypeVar("A")
B = TypeVar("B")


class Claim(msgspec.Struct, frozen=True):
    """That ``person`` signed ``message``, in the statement of this ``number``, with ``key``.

    ``accepted`` is there if the key is a passkey: what must hold of its signature besides.
    """

    number: int
    person: str
    key: OfficerKey
    message: bytes
    signature: bytes
    accepted: Accepted | None = None

    def holds(self) -> bool:
        return self.fault() is None

    def fault(self) -> Unverifiable | None:
        """What is wrong with the signature, or None. Codes in ``LATER_VERSION`` say that it could not be checked."""
        if isinstance(self.key, Passkey):
            assert self.accepted is not None  # by ``claim_of``
            error = fault_of(self.key, self.accepted, self.message, self.signature)
            return error and Unverifiable(error.code, f"{self.person}: {error}", f"{self.person} : {error.fr}")
        if verify(self.key, self.message, self.signature):
            return None
        return Unverifiable("signature-invalid", f"the signature of {self.person} does not hold")


def claim_of(
    number: int, signer: Signer, signature: Signature, message: bytes, event: Event[Fact], read: Reader
) -> Claim:
    """What a signature of an event claims. Raises ``Unverifiable`` when the signer has no such active key."""
    key = public_key_for(signer, signature.keyid, event, read)
    if key is None:
        raise Unverifiable("signature-unknown-key", f"key {signature.keyid} is not an active key of {signer.person}")
    return Claim(number, signer.person, key, message, signature.sig, accepted_of(signer, key, event, read))


class Verifiers:
    """Threads that wait for work. Close them after use."""

    def __init__(self) -> None:
        self._others = max(1, (os.cpu_count() or 1) - 1)
        self._pool = ThreadPoolExecutor(self._others, "verify")

    def false(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims that do not hold."""
        return [claim for claim, holds in zip(claims, self.each(Claim.holds, claims), strict=True) if not holds]

    def each(self, work: Callable[[A], B], items: Iterable[A]) -> list[B]:
        """The results of ``work``, in the order of the items. An exception in ``work`` is raised."""
        left = deque(enumerate(items))
        others = [self._pool.submit(_taken, work, left) for _ in range(min(self._others, len(left) // ITEMS_A_THREAD))]
        done = _taken(work, left)
        for other in others:
            done += other.result()
        return [result for _, result in sorted(done, key=itemgetter(0))]

    def close(self) -> None:
        self._pool.shutdown()


def _taken(work: Callable[[A], B], left: deque[tuple[int, A]]) -> list[tuple[int, B]]:
    """Take one item after the other until none is left; several threads may."""
    done: list[tuple[int, B]] = []
    while True:
        try:
            number, item = left.popleft()
        except IndexError:
            return done
        done.append((number, work(item)))
