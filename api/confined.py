"""Runs a function over untrusted input in a process of its own, with limits on memory, CPU and time.

A worker is a small program that imports the function's module, once, and forks for each call. It never reads the input
itself, so whatever a parser does ends with the fork: an endless loop, 2 GB of memory, a crash in native code. Workers
are started as programs, not forked from the caller, which may have threads. A result is decoded as the type that the
function declares, so that a parser that was taken over cannot make the caller run anything.
"""

import atexit
import os
import pickle
import re
import resource
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any, Literal, ParamSpec, TypeVar, get_type_hints

import msgspec

from ledger.errors import Unverifiable
from ledger.words import Words

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 4
SECONDS_IN_LINE = 30.0  # until one of the running calls is done
SECONDS_TO_START = 60.0  # a worker that imports its module for the first time, on a busy machine
MAX_ANSWER_BYTES = 64 * 1024 * 1024
# Code comes from where the caller's comes from, and not from the folder that somebody happens to be in.
PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from api.confined import serve; serve()"
PLACE = re.compile(r"\w{1,80}, [\w.<>-]{1,80}:\d{1,6}")  # of a fault: what is written to a log, and nothing else
MAX_FILES = 256  # a worker opens a few

Reason = Literal["memory", "time", "crashed", "busy", "left"]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one call may use: bytes of memory, seconds of CPU, and seconds altogether."""

    memory: int = 256 * 1024 * 1024
    cpu: int = 10
    seconds: int = 20


class Stopped(Exception):
    """A call ended without a result, so nothing is known about its input. ``words`` name the limit."""

    def __init__(self, reason: Reason, en: str, fr: str) -> None:
        super().__init__(f"{reason}: {en}")
        self.reason, self.words = reason, Words(en, fr)


class Patience:
    """How long somebody waits for the calls made with it. ``leave`` ends the running one, and refuses later ones."""

    def __init__(self, seconds: float) -> None:
        self._until, self._left = monotonic() + seconds, False
        self._lock = Lock()
        self._worker: _Worker | None = None

    def leave(self) -> None:
        """Nobody waits any more. Any thread may call it."""
        with self._lock:
            self._left = True
            if self._worker is not None:
                self._worker.kill()

    def remaining(self) -> float:
        """Returns the seconds that remain. Raises ``Stopped`` when there are none, or nobody waits."""
        remaining = self._until - monotonic()
        if self._left:
            raise Stopped("left", "nobody waits for the result any more", "plus personne n’attend le résultat")
        if remaining <= 0:
            raise Stopped("time", "it took too long and was stopped", "l’opération, trop longue, a été interrompue")
        return remaining

    def hold(self, worker: "_Worker | None") -> None:
        """Sets the worker that ``leave`` kills."""
        with self._lock:
            self._worker = worker


def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Returns what a top-level function returns, called in another process within the usual limits.

    Its arguments are pickled. It declares what it returns, of types that msgspec converts. ValueError and
    ``Unverifiable`` are raised here as in the function. Raises ``Stopped`` when it ended in another way.
    """
    return run_within(Limits(), None, function, *args, **kwargs)


def run_within(
    limits: Limits, patience: Patience | None, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The same within other limits, and only for as long as somebody waits."""
    patience = patience or Patience(SECONDS_IN_LINE + SECONDS_TO_START + limits.seconds)
    if not _places.acquire(timeout=min(patience.remaining(), SECONDS_IN_LINE)):
        patience.remaining()
        raise Stopped(
            "busy",
            "too much is being read at once: try again in a moment",
            "trop de lectures sont en cours : réessayez dans un instant",
        )
    try:
        status, answer = _asked(pickle.dumps((function, args, kwargs, limits)), limits, patience)
    finally:
        _places.release()
    result: T = _result(status, answer, get_type_hints(function)["return"], limits)
    return result


def _asked(job: bytes, limits: Limits, patience: Patience) -> tuple[int, bytes]:
    worker = _idle_or_new()
    patience.hold(worker)
    try:
        answered = worker.ask(job, limits, patience)
    except BaseException:
        patience.hold(None)
        worker.end()
        raise
    patience.hold(None)
    _idle.append(worker)
    return answered


class _Worker:
    """A program that serves one call at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-c", PROGRAM, *sys.path]
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - a constant
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, start_new_session=True
            )
        self._calls = Connection(ours.detach())

    def ask(self, job: bytes, limits: Limits, patience: Patience) -> tuple[int, bytes]:
        """Returns how the fork ended, as waitpid states it, and its answer. Raises ``Stopped`` without one."""
        try:
            self._calls.send_bytes(job)
            if self._calls.poll(min(patience.remaining(), SECONDS_TO_START + limits.seconds)):
                ended = self._calls.recv_bytes()
                return int.from_bytes(ended[:4], "big"), ended[4:]
        except (OSError, EOFError):
            pass  # it was killed: nobody waits any more, or the system had no memory left
        patience.remaining()
        raise _crashed("worker", limits)

    def kill(self) -> None:
        """Ends the program and its fork. The process is not waited for, so its id is still its own."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kills it, and waits for it."""
        self.kill()
        self.process.wait()
        self._calls.close()


_places = BoundedSemaphore(AT_ONCE)
_idle: list[_Worker] = []


def _idle_or_new() -> _Worker:
    with suppress(IndexError):
        while True:
            worker = _idle.pop()
            if worker.process.poll() is None:
                return worker
            worker.end()
    return _Worker()


@atexit.register
def _end_idle() -> None:
    while _idle:
        _idle.pop().end()


def _result(status: int, answer: bytes, declared: type, limits: Limits) -> Any:
    """Returns or raises what the fork answered."""
    code = os.waitstatus_to_exitcode(status)
    if answer == b"M":
        megabytes = limits.memory // 1024**2
        raise Stopped(
            "memory",
            f"reading it takes more than {megabytes} MB of memory",
            f"sa lecture occupe plus de {megabytes} Mo de mémoire",
        )
    if -code in (signal.SIGALRM, signal.SIGXCPU):
        raise Stopped(
            "time",
            f"reading it takes longer than {min(limits.cpu, limits.seconds)} seconds",
            f"sa lecture dure plus de {min(limits.cpu, limits.seconds)} secondes",
        )
    if code < 0:
        raise _crashed(signal.Signals(-code).name, limits)
    with suppress(msgspec.MsgspecError):
        match answer[:1]:
            case b"V":
                return msgspec.msgpack.decode(answer[1:], type=declared)
            case b"E":
                failed, message, french = msgspec.msgpack.decode(answer[1:], type=tuple[str | None, str, str])
                raise ValueError(message) if failed is None else Unverifiable(failed, message, french)
    place = answer[1:].decode(errors="replace")
    raise _crashed(place if PLACE.fullmatch(place) else "no result", limits)


def _crashed(how: str, limits: Limits) -> Stopped:
    megabytes = limits.memory // 1024**2
    return Stopped(
        "crashed",
        f"it cannot be read within {megabytes} MB of memory: its reader ended ({how})",
        f"sa lecture est impossible avec {megabytes} Mo de mémoire : le lecteur s’est arrêté ({how})",
    )


def serve() -> None:
    """The program of a worker: serves calls until its caller is gone."""
    calls = Connection(os.dup(0))
    with suppress(EOFError):
        while True:
            # Nothing of a call is kept while the worker waits for the next.
            status, answer = _forked(*pickle.loads(calls.recv_bytes()))  # noqa: S301 - from who started this program
            calls.send_bytes(status.to_bytes(4, "big") + answer)


def _forked(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], limits: Limits
) -> tuple[int, bytes]:
    readable, writable = Pipe(duplex=False)
    with readable:
        child = os.fork()
        if child == 0:
            _answer(writable, function, args, kwargs, limits)
        writable.close()
        try:
            answer = readable.recv_bytes(MAX_ANSWER_BYTES)
        except EOFError:
            answer = b""
        except OSError:  # too long
            answer = b"M"
            os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1], answer


def _answer(
    to: Connection, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], limits: Limits
) -> None:
    """The fork: it has no way to the caller but its answer, and prints nothing."""
    try:
        nothing, mine = os.open(os.devnull, os.O_RDWR), to.fileno()
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.closerange(3, mine)
        os.closerange(mine + 1, MAX_FILES)
        _limit(limits)
        try:
            answer = b"V" + msgspec.msgpack.encode(function(*args, **kwargs))
        except MemoryError:
            answer = b"M"
        except Unverifiable as error:
            answer = b"E" + msgspec.msgpack.encode((error.code, str(error), error.fr))
        except ValueError as error:
            answer = b"E" + msgspec.msgpack.encode((None, str(error), ""))
        except BaseException as error:  # noqa: BLE001 - whatever a parser raises: the place of the fault, no value
            place = traceback.extract_tb(error.__traceback__)[-1]
            answer = f"F{type(error).__name__}, {Path(place.filename).name}:{place.lineno}".encode()
        to.send_bytes(answer)
    finally:
        os._exit(0)


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))
    with suppress(OSError):  # only Linux states it; elsewhere the limit includes what was there before
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + limits.memory,) * 2)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
