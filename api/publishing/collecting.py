"""Asks the policy's witnesses to cosign a checkpoint, and publishes it once a quorum has.

One process at a time does this (:mod:`ledger.store.leases`); the others show what it published. Without a quorum
nothing is published. If a witness has seen more than this ledger has, or another tree, the ledger was set back or
forked: that stays a trouble until the witness cosigns again.
"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from time import monotonic

from api.clients.fetching import Exchanges
from api.clients.timestamping import Authority
from ledger.domain.dating import CLOCK_SKEW
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, parse_size
from ledger.log.cosignature import cosigned_at
from ledger.log.policy import Policy, Witness
from ledger.log.witness import Request
from ledger.signing.note import Note, NoteSignature, VerifierKey
from ledger.store.following import POLL_SECONDS, Follower, Troubles
from ledger.store.leases import Holding, Tenure, on_duty, writing
from ledger.store.ledger import Ledger
from ledger.store.publishing import PUBLISHING

SECONDS = 5
GRACE_SECONDS = 0.5  # for witnesses beyond the quorum, so that prompt ones are on the note as well
AGAIN_SECONDS = 10.0
MAX_ANSWER_BYTES = 64 * 1024
TIME_STAMP = "time-stamp"
OK, CONFLICT, UNPROVEN = 200, 409, 422

Lines = list[NoteSignature]


class Collector:
    """Publishes one ledger's checkpoints; ``troubles`` says, by witness, why the last request failed."""

    def __init__(
        self, ledger: Ledger, held: Holding, authority: Authority | None = None, troubles: Troubles | None = None
    ) -> None:
        """``held`` returns the lease of publishing. With an ``authority`` checkpoints are time-stamped afterwards."""
        self._ledger = ledger
        self._held = held
        self._authority = authority
        witnesses = ledger.publications.policy.witnesses
        self._exchanges = {name: Exchanges(SECONDS, MAX_ANSWER_BYTES) for name in witnesses}
        self._pool = ThreadPoolExecutor(max(len(witnesses), 1), thread_name_prefix="witness")
        self._asked: dict[str, Future[Lines]] = {}
        self._sizes: dict[str, int] = {}  # the size that each witness last reported
        self.troubles = Troubles() if troubles is None else troubles

    def collect(self) -> bool:
        """Publishes the latest checkpoint if a quorum cosigns it now. Returns whether everything is published.

        False also when another process does this. Raises ``LeaseLost`` when it took over meanwhile.
        """
        tenure = self._held()
        return tenure is not None and self._collect(tenure)

    def _collect(self, tenure: Tenure) -> bool:
        publications = self._ledger.publications
        candidate = publications.candidate()
        if candidate is not None:
            note = self._cosigned(candidate, publications.policy)
            if note is None:
                return False
            with writing(self._ledger.database, tenure):
                publications.publish(note)
        if self._authority is not None:
            self._stamp(self._authority, tenure)
        return True

    def _cosigned(self, candidate: Note, policy: Policy) -> Note | None:
        """Returns the candidate with the cosignatures of a quorum, or None. Slow witnesses are not waited for."""
        waiting = set()
        for name, witness in policy.witnesses.items():
            if name not in self._asked or self._asked[name].done():  # else it still has a request
                self._asked[name] = self._pool.submit(self._ask, candidate, name, witness)
                waiting.add(self._asked[name])
            else:
                self.troubles[name] = "has not answered yet"
        note, is_met = candidate, not policy.asks
        deadline = monotonic() + (GRACE_SECONDS if is_met else 2 * SECONDS)  # one request, and another after a conflict
        while waiting:
            done, waiting = wait(waiting, max(deadline - monotonic(), 0), FIRST_COMPLETED)
            if not done:
                break
            note = note.signed_too(*(line for answer in done for line in answer.result()))
            if not is_met and policy.witnessed(str(note)) is not None:
                is_met, deadline = True, min(deadline, monotonic() + GRACE_SECONDS)
        return note if is_met else None

    def _stamp(self, authority: Authority, tenure: Tenure) -> None:
        note, _ = self._ledger.latest()
        if self._ledger.notes.time_stamp(note) is not None:
            return
        try:
            reply = authority.stamp(note.encode())
        except OSError as error:
            self.troubles[TIME_STAMP] = str(error)
        else:
            self.troubles.pop(TIME_STAMP, None)
            with writing(self._ledger.database, tenure):
                self._ledger.notes.add_time_stamp(note, reply)

    def running(self) -> AbstractContextManager[None]:
        """Collects after each append, of whatever process, in a thread of its own."""
        work = on_duty(self._held, self._ledger.log.size, AGAIN_SECONDS, self._collect)
        follower = Follower("collector", work, POLL_SECONDS, self.troubles.of(PUBLISHING))
        return follower.running(self._ledger.log.appends)

    def _ask(self, note: Note, name: str, witness: Witness) -> Lines:
        """Returns the witness's cosignature; none, and a trouble, when it gives no valid one."""
        if witness.url is None:
            return []
        try:
            line = self._cosignature(note, name, witness, witness.url)
        except Exception as error:  # noqa: BLE001 - one witness's nonsense is no trouble of the others
            self.troubles[name] = str(error)
            return []
        self.troubles.pop(name, None)
        return [line]

    def _cosignature(self, note: Note, name: str, witness: Witness, url: str) -> NoteSignature:
        checkpoint = Checkpoint.parse(note.text)
        old = min(self._sizes.get(name, 0), checkpoint.size)
        status, text = self._post(name, url, note, old)
        if status == CONFLICT and not _is_fork(text, old, checkpoint.size):
            old = _size(text)
            if old > checkpoint.size:
                raise Unverifiable("rolled-back", f"it has seen {old} entries, this ledger has {checkpoint.size}")
            status, text = self._post(name, url, note, old)
        if status == UNPROVEN or (status == CONFLICT and _is_fork(text, old, checkpoint.size)):
            raise Unverifiable("log-forked", f"it has seen another tree of {old} entries: {text.strip()[:200]}")
        if status != OK:
            raise OSError(f"answers {status}: {text.strip()[:200]}")
        line = self._own(note, witness.key, text)
        self._sizes[name] = checkpoint.size
        return line

    def _own(self, note: Note, key: VerifierKey, text: str) -> NoteSignature:
        """Returns the line of a response that ``key`` made just now. Lines of other keys are ignored."""
        lines = [NoteSignature.parse(line) for line in text.removesuffix("\n").split("\n") if line]
        own = next((line for line in lines if (line.name, line.hint) == (key.name, key.hint)), None)
        at = None if own is None else cosigned_at(Note(note.text, (own,)), key)
        if own is None or at is None:
            raise Unverifiable("not-witnessed", "answers no cosignature by its key")
        ahead = self._ledger.time.compare(key.name, at)
        if abs(ahead) > CLOCK_SKEW.total_seconds():
            raise Unverifiable("witnessed-time", f"its clock is {-ahead} seconds from ours")
        return own

    def _post(self, name: str, url: str, note: Note, old: int) -> tuple[int, str]:
        size = Checkpoint.parse(note.text).size
        body = str(Request(old, tuple(self._ledger.tree.consistency(old, size)), str(note)))
        exchanges = self._exchanges[name]
        request = exchanges.request("POST", f"{url.rstrip('/')}/add-checkpoint", content=body.encode())
        status, text = exchanges.send(request)
        return status, text.decode(errors="replace")


def _is_fork(text: str, old: int, size: int) -> bool:
    """Whether a 409 means another tree of the same size, for which c2sp.org/tlog-witness has had 422 since 1.0.0."""
    return old == size and text.strip() in ("", str(old))


def _size(text: str) -> int:
    try:
        return parse_size(text.strip())
    except ValueError:
        raise OSError("answers 409 without a size") from None
