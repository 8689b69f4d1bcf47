"""Asking the policy's witnesses to cosign what the log wants to publish, and publishing it once a quorum has.

Without a quorum nothing is published. A witness that has seen more than this ledger has, or another tree,
says that the ledger was set back or forked: that is kept as a trouble, and nobody talks it out of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

import httpx2

from api.outside.fetching import send
from api.outside.timestamping import Authority
from ledger.errors import LedgerError, Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.log.cosignature import cosigned_at
from ledger.log.policy import Witness
from ledger.log.witness import Request
from ledger.signing.note import Note, NoteSignature
from ledger.store.ledger import Ledger

SECONDS = 5
AGAIN_SECONDS = 10.0
AT_ONCE = 8
TIME_STAMP = "time-stamp"
OK, CONFLICT, UNPROVEN = 200, 409, 422


class Collector:
    """Publishes one ledger's checkpoints; ``troubles`` says, by witness, why the last question failed."""

    def __init__(self, ledger: Ledger, authority: Authority | None = None) -> None:
        """With an ``authority`` what is published is time-stamped as well; nothing waits for that."""
        self._ledger = ledger
        self._authority = authority
        self._client = httpx2.Client(timeout=SECONDS)
        self._sizes: dict[str, int] = {}  # what each witness has, as last heard
        self.troubles: dict[str, str] = {}

    def collect(self) -> bool:
        """Publish the latest checkpoint if a quorum cosigns it now; whether everything is published then."""
        is_published = self._publish()
        if is_published and self._authority is not None:
            self._stamp(self._authority)
        return is_published

    def _publish(self) -> bool:
        publications = self._ledger.publications
        candidate = publications.candidate()
        if candidate is None:
            return True
        with ThreadPoolExecutor(AT_ONCE) as pool:
            lines = list(pool.map(lambda named: self._ask(candidate, *named), publications.policy.witnesses.items()))
        note = candidate.signed_too(*(line for cosignatures in lines for line in cosignatures))
        if publications.policy.asks and publications.policy.witnessed(str(note)) is None:
            return False
        publications.publish(note)
        return True

    def _stamp(self, authority: Authority) -> None:
        note, _ = self._ledger.latest()
        if self._ledger.log.time_stamp(note) is not None:
            return
        try:
            self._ledger.log.store_time_stamp(note, authority.stamp(note.encode()))
        except OSError as error:
            self._trouble(TIME_STAMP, error)
        else:
            self.troubles.pop(TIME_STAMP, None)

    def _trouble(self, name: str, error: Exception) -> None:
        trouble = f"{name}: {error}"
        if self.troubles.get(name) != trouble:
            logging.getLogger("pca-ledger").warning("witness %s", trouble)
        self.troubles[name] = trouble

    @contextmanager
    def running(self) -> Iterator[None]:
        """Collect after each append, in a thread of its own."""
        appended, stopped = Event(), Event()

        def follow() -> None:
            while not stopped.is_set():
                appended.clear()
                try:
                    self.collect()
                except (LedgerError, OSError) as error:
                    logging.getLogger("pca-ledger").error("nothing was published: %s", error)
                appended.wait(AGAIN_SECONDS)

        thread = Thread(target=follow, name="collector", daemon=True)
        self._ledger.log.listen(appended)
        thread.start()
        try:
            yield
        finally:
            self._ledger.log.unlisten(appended)
            stopped.set()
            appended.set()
            thread.join()

    def _ask(self, note: Note, name: str, witness: Witness) -> list[NoteSignature]:
        """The witness's cosignatures; none, and a trouble, when it gives none that holds."""
        if witness.url is None:
            return []
        try:
            lines = self._cosignatures(note, name, witness, witness.url)
        except (LedgerError, OSError, ValueError) as error:
            self._trouble(name, error)
            return []
        self.troubles.pop(name, None)
        return lines

    def _cosignatures(self, note: Note, name: str, witness: Witness, url: str) -> list[NoteSignature]:
        checkpoint = Checkpoint.parse(note.text)
        old = min(self._sizes.get(name, 0), checkpoint.size)
        status, text = self._post(url, note, old, checkpoint.size)
        if status == CONFLICT:
            old = _size(text)
            if old > checkpoint.size:
                raise Unverifiable("rolled-back", f"it has seen {old} entries, this ledger has {checkpoint.size}")
            status, text = self._post(url, note, old, checkpoint.size)
        if status == UNPROVEN:
            raise Unverifiable("log-forked", f"it has seen another tree of {old} entries: {text.strip()}")
        if status != OK:
            raise OSError(f"answers {status}: {text.strip()[:200]}")
        lines = [NoteSignature.parse(line) for line in text.splitlines()]
        if cosigned_at(note.signed_too(*lines), witness.key) is None:
            raise Unverifiable("not-witnessed", "answers no cosignature by its key")
        self._sizes[name] = checkpoint.size
        return lines

    def _post(self, url: str, note: Note, old: int, size: int) -> tuple[int, str]:
        body = str(Request(old, tuple(self._ledger.consistency(old, size)), str(note)))
        request = self._client.build_request("POST", f"{url.rstrip('/')}/add-checkpoint", content=body.encode())
        answer, text = send(self._client, request)
        return answer.status_code, text.decode(errors="replace")


def _size(text: str) -> int:
    if not text.strip().isascii() or not text.strip().isdecimal():
        raise OSError("answers 409 without a size")
    return int(text)
