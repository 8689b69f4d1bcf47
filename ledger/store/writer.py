"""The writer: one thread records what many callers submit, everything that waits in one commit.

A commit costs the same for one statement as for many, and the ledger makes one at a time. So callers queue, the
thread takes what has come together meanwhile, and each caller gets the answer to their own submission.

The thread also keeps the latest checkpoint beside the database, when nothing waits or soon: no caller waits for that.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from math import inf
from threading import TIMEOUT_MAX, Condition, Thread
from time import monotonic, perf_counter

from ledger.store.ledger import Ledger
from ledger.store.submission import Answer, Receipt, Submission, received

MAX_BATCH = 100  # about ten milliseconds of verifying: a short wait for the next batch
KEPT_SECONDS = 0.25  # after a commit: until then only a process that is killed can leave its checkpoint in one place
Observer = Callable[[Sequence[Answer], float], None]
"""Told the answers of a batch, and how many seconds it took."""


class Writer(AbstractContextManager["Writer"]):
    """Submits to one ledger, for any number of threads. Closing it first records what still waits."""

    def __init__(
        self, ledger: Ledger, max_batch: int = MAX_BATCH, observe: Observer = lambda _answers, _seconds: None
    ) -> None:
        self._ledger = ledger
        self._observe = observe
        self._max_batch = max_batch
        self._queue: deque[tuple[Submission, Future[Answer]]] = deque()
        self._changed = Condition()  # guards the queue and the flag
        self._closed = False
        self._thread = Thread(target=self._run, name="writer")
        self._thread.start()

    def submit(self, submission: Submission) -> Future[Answer]:
        """Queue a statement. If it is cancelled before its turn, it is never recorded.

        The future returns an answer of :meth:`Ledger.submit`; it raises only when the whole batch failed.
        Raises RuntimeError after closing.
        """
        answer: Future[Answer] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the writer is closed")
            self._queue.append((submission, answer))
            self._changed.notify()
        return answer

    def record(self, submission: Submission) -> Receipt:
        """Wait until a statement is recorded. Raises ``Refused`` or a ``LedgerError`` when it is not recorded."""
        return received(self.submit(submission).result())

    def waiting(self) -> int:
        """Return how many submissions wait for their turn."""
        return len(self._queue)

    def close(self) -> None:
        """Accept nothing more, and return when everything queued has its answer."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        keep_at = inf
        while (batch := self._next_batch(keep_at)) or keep_at < inf:
            if batch:
                self._record(batch)
                keep_at = min(keep_at, monotonic() + KEPT_SECONDS)
            if not batch or monotonic() >= keep_at:
                self._ledger.publications.keep_recorded()
                keep_at = inf

    def _record(self, batch: Sequence[tuple[Submission, Future[Answer]]]) -> None:
        waiting = [(submission, answer) for submission, answer in batch if answer.set_running_or_notify_cancel()]
        begun = perf_counter()
        try:
            answers = self._ledger.submit([submission for submission, _ in waiting])
        except BaseException as error:  # noqa: BLE001 - each caller raises it
            for _, answer in waiting:
                answer.set_exception(error)
        else:
            self._observe(answers, perf_counter() - begun)
            for (_, answer), result in zip(waiting, answers, strict=True):
                answer.set_result(result)

    def _next_batch(self, until: float) -> list[tuple[Submission, Future[Answer]]]:
        """Return what waits, oldest first; nothing once it is this late, or the writer is closed and all is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed, min(until - monotonic(), TIMEOUT_MAX))
            return [self._queue.popleft() for _ in range(min(len(self._queue), self._max_batch))]
