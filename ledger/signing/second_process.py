"""Verifies signatures in a second process while this one judges: another process has another interpreter's lock.

It may only say that a claim holds. Each claim of which it does not say so, because it found it false, ended or was
killed, is verified here, as all are where there is one core (docs/decisions/0065).
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import zip_longest
from threading import Event, Thread
from typing import BinaryIO, cast

import msgspec

from ledger.signing.verifying import Claim, Verifiers

FEW = 2000  # it takes 80 ms to start: fewer signatures are verified here
PIPE_BYTES = 2**20  # some 1,200 claims, which are written without waiting for the other process
PATIENCE_SECONDS = 60  # for an answer, which takes some 20 ms: whoever has not given it after one to two of them hangs
NAME_BYTES = 16  # of a group, at random: its answers begin with it, and nothing else that is written there does
LENGTH_BYTES = 4
HOLDS = 1
PROGRAM = f"import sys; from {__name__} import verify; verify(sys.stdin.buffer, sys.stdout.buffer)"

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Claim])


class SecondProcess:
    """Takes claims in groups, and returns those of each group that do not hold. Close it after use."""

    def __init__(self, here: Verifiers, expected: int) -> None:
        """``here`` verifies what no second process does; ``expected`` is how many claims there will be, roughly."""
        self._here = here
        self._given: deque[tuple[bytes, Sequence[Claim]]] = deque()
        self._process = _started() if expected >= FEW and _cores() > 1 else None
        self._waits_for: object = None  # another one in each conversation
        self._closed = Event()
        if self._process is not None:
            Thread(target=self._watch, args=(self._process,), daemon=True).start()

    def give(self, claims: Sequence[Claim]) -> None:
        """Have a group of claims verified meanwhile."""
        name = os.urandom(NAME_BYTES)
        self._given.append((name, claims))
        data = _encoder.encode(claims)
        self._converse(lambda _, given: _write(given, name + len(data).to_bytes(LENGTH_BYTES, "big") + data))

    def false(self) -> list[Claim]:
        """The claims that do not hold, of the group that was given first among those not returned yet."""
        name, claims = self._given.popleft()
        says = self._converse(lambda said, _: _answers(said, name, len(claims)))
        return self._here.false([claim for claim, said in zip_longest(claims, says) if said != HOLDS])

    def close(self) -> None:
        """End the other process: what it was given is verified here."""
        self._closed.set()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError), process:
                pass  # closes the pipes and waits

    def _converse(self, part: Callable[[BinaryIO, BinaryIO], bytes]) -> bytes:
        """Read or write, with no other process nothing. After what was cut short no later byte means anything."""
        if self._process is None:
            return b""
        self._waits_for = part
        try:
            return part(cast(BinaryIO, self._process.stdout), cast(BinaryIO, self._process.stdin))
        except OSError:
            self.close()
            return b""
        except BaseException:
            self.close()
            raise
        finally:
            self._waits_for = None

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill the other process once one conversation lasts too long: it was stopped, and this one would hang."""
        before = None
        while not self._closed.wait(PATIENCE_SECONDS):
            if self._waits_for is not None and self._waits_for is before:
                process.kill()
            before = self._waits_for


def _write(given: BinaryIO, data: bytes) -> bytes:
    given.write(data)
    given.flush()
    return b""


def _answers(said: BinaryIO, name: bytes, number: int) -> bytes:
    """A byte for each claim of a group. Raises OSError unless they are of this group."""
    if said.read(NAME_BYTES) != name:
        raise OSError("something else was written there: a module may print as it is imported")
    return said.read(number)


def _started() -> "subprocess.Popen[bytes] | None":
    """The other process, which ends with its input and is not reached by Ctrl-C; None where there can be none."""
    if not sys.executable or getattr(sys, "frozen", False):
        return None  # it would run another program
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            # -P: what is in the working directory, such as the audited folder, is not imported.
            [sys.executable, "-P", "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # whatever goes wrong there is verified here
            process_group=0,
            pipesize=PIPE_BYTES,
        )
    except OSError:
        return None


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def verify(given: BinaryIO, said: BinaryIO) -> None:
    """Read groups of claims until there are no more, and write the name of each and a byte for each claim."""
    while name := given.read(NAME_BYTES):
        length = given.read(LENGTH_BYTES)
        claims = _decoder.decode(given.read(int.from_bytes(length, "big")))
        said.write(name + bytes(claim.holds() for claim in claims))
        said.flush()
