"""Answers to public reads, kept as the bytes that were sent, and sent again while nothing can have changed them.

What any cache may keep (``Cache-Control: public``) is kept here under all that it was made from: the address, the
headers that it varies by, the minute of the ledger's clock, and the state of the record's database. Before each answer
the database is asked whether anything was committed since: so no answer is older than one that is made anew. All are
given up together with the first commit or minute that is noticed, and in the append itself where this process appends:
a consent that was withdrawn, or a person who was erased, is gone with it.

Nothing else is kept: errors, redirects, and what is asked for with a signature, a body, or a position of the log.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from threading import Lock
from time import perf_counter
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.doors.connections import SEND_WHOLE, Whole
from api.pages import POSITION
from api.register import Register
from ledger.store.following import POLL_SECONDS

MOST_BYTES = 32 * 1024 * 1024  # some three thousand pages of a certificate
HEAD_BYTES = 1024  # that the head of an answer takes
MOST_ANSWERS = 8192
LARGEST_BYTES = 512 * 1024  # of one body
_KEPT_UNDER = {b"accept": 0, b"accept-language": 1, b"if-none-match": 2}
_VARIES_BY = frozenset({"", "accept", "accept-language", POSITION.lower()})
_ANOTHER = frozenset(
    {POSITION.lower().encode(), b"signature-input", b"authorization", b"range", b"content-length", b"transfer-encoding"}
)
_STATUSES = frozenset({200, 304})

Question = tuple[str, bytes, bytes, bytes, bytes]
"""The path, the query, and the headers of a request that its answer depends on."""


class Answer(NamedTuple):
    """An answer as it was sent, and the template of the address that gave it."""

    whole: Whole
    route: str


class Answers:
    """The answers of one process. Safe for threads; bounded: the oldest are given up first."""

    def __init__(self, register: Register, most_bytes: int = MOST_BYTES, most: int = MOST_ANSWERS) -> None:
        self._register, self._most_bytes, self._most = register, most_bytes, most
        self._watch = register.database.watch()
        self._is_open = False  # only while somebody looks whether they are to be given up
        self._lock = Lock()  # guards the rest
        self._kept: dict[Question, Answer] = {}
        self._bytes = 0
        self._state: tuple[object, ...] | None = None
        self._generation = 0

    def __len__(self) -> int:
        return len(self._kept)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keeps answers for as long as the block runs."""
        looking = asyncio.create_task(self._look())
        self._register.appends.add(self)
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
            self._register.appends.remove(self)
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            await self._watch.close()
            self.set()

    def set(self) -> None:
        """Gives up everything, also what is being made: this process appended to the log."""
        with self._lock:
            self._give_up()

    async def generation(self) -> int | None:
        """Returns what an answer that is made from now on belongs to; None when nothing can be kept.

        Gives up what was made from another state than that of now.
        """
        if not self._is_open:
            return None
        mark = await self._watch.mark()
        now = self._register.now()
        state = None if mark is None else (*mark, now.minute, now.hour, now.date())
        with self._lock:
            if state != self._state:
                self._state = state
                self._give_up()
            return None if state is None else self._generation

    def get(self, question: Question) -> Answer | None:
        """Returns an answer that is still right, if ``generation`` was asked just before."""
        return self._kept.get(question)

    def keep(self, question: Question, answer: Answer, generation: int) -> None:
        """Keeps an answer, unless something changed since its generation."""
        with self._lock:
            if generation != self._generation or question in self._kept:
                return
            self._kept[question] = answer
            self._bytes += _size(question, answer)
            while self._bytes > self._most_bytes or len(self._kept) > self._most:
                oldest = next(iter(self._kept))
                self._bytes -= _size(oldest, self._kept.pop(oldest))

    def _give_up(self) -> None:
        self._generation += 1
        self._kept.clear()
        self._bytes = 0

    async def _look(self) -> None:
        """Gives up what is out of date though nobody asks: as soon as others follow what another process appended."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self.generation()


class Kept:
    """Sends kept answers again, and keeps those that may be.

    ``count`` is told of each that is sent again, by its request, and how many seconds it took.
    """

    def __init__(self, app: ASGIApp, answers: Answers, count: Callable[[Scope, Answer, float], object]) -> None:
        self._app, self._answers, self._count = app, answers, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = _question(scope)
        generation = None if question is None else await self._answers.generation()
        if question is None or generation is None:
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        answer = self._answers.get(question)
        if answer is not None:
            await _send_again(answer.whole, scope, send)
            self._count(scope, answer, perf_counter() - begun)
            return
        messages = list[Message]()

        async def send_noted(message: Message) -> None:
            if len(messages) < 3:
                messages.append(message)
            await send(message)

        await self._app(scope, receive, send_noted)
        if _may_be_kept(messages):
            start, body = messages
            whole = Whole(start["status"], start["headers"], body.get("body", b""))
            self._answers.keep(question, Answer(whole, scope["state"]["route"]), generation)


async def _send_again(whole: Whole, scope: Scope, send: Send) -> None:
    at_once = scope.get("extensions", {}).get(SEND_WHOLE)
    if at_once is not None:
        await at_once(whole)
    else:
        await send({"type": "http.response.start", "status": whole.status, "headers": whole.headers})
        await send({"type": "http.response.body", "body": whole.body})


def _question(scope: Scope) -> Question | None:
    """Returns what an answer may be kept under; None for a request whose answer is another one each time."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    varied = [b"", b"", b""]
    for name, value in scope["headers"]:
        if name in _ANOTHER:
            return None
        if (place := _KEPT_UNDER.get(name)) is not None:
            varied[place] += b"\n" + value  # of a header in several lines, only the first is read: not as if in one
    return scope["path"], scope["query_string"], *varied


def _size(question: Question, answer: Answer) -> int:
    """How many bytes an answer and its question take: an address may be longer than a page."""
    return sum(map(len, question)) + HEAD_BYTES + len(answer.whole.body)


def _may_be_kept(messages: list[Message]) -> bool:
    """Whether this is a whole answer, which any cache may keep and which varies by nothing but the question."""
    if len(messages) != 2 or messages[0]["status"] not in _STATUSES or messages[1].get("more_body", False):
        return False
    headers = Headers(raw=messages[0]["headers"])
    varies_by = {name.strip() for name in headers.get("vary", "").lower().split(",")}
    return (
        headers.get("cache-control", "").startswith("public")
        and varies_by <= _VARIES_BY
        and "set-cookie" not in headers
        and len(messages[1].get("body", b"")) <= LARGEST_BYTES
    )
