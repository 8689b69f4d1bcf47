"""Notices by e-mail: what people are told by the register itself, each once.

One process at a time queues and sends them (:mod:`ledger.store.leases`). What causes a notice is in the record, so
none depends on a process that was there at the time.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from functools import partial
from threading import Event
from typing import NamedTuple

from eventsourcing.persistence import PersistenceError

from api import logs
from api.notices.causes import BATCH, digests, expiries, incomplete, of_entries, reports_due
from api.notices.facts import Gathering, NotNeeded, NotYet
from api.notices.kinds import Notice, Sending, State
from api.notices.letters import write
from api.notices.messages import message
from api.notices.outbox import Outbox, Place
from api.notices.people import People, Recipient
from api.notices.settings import Address, Server
from api.notices.smtp import Outcome, Session
from api.register import Register
from api.secretariat.inbox import Inbox
from ledger.errors import Unreachable
from ledger.store.following import Appends, Follower, Troubles, reason
from ledger.store.leases import NOTICES, Holding, Tenure, on_duty
from ledger.store.ledger import Ledger

LOOK_SECONDS = 2.0  # the longest delay of a notice
DAYS_WORK_FROM = time(6, tzinfo=UTC)  # digests and expiries of a day are queued from then on
NOT_YET = timedelta(minutes=1)
MINUTE = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)  # between sessions with a server that fails


class Ready(NamedTuple):
    """A notice as the message that is sent. ``address`` is as the record has it."""

    notice: Notice
    address: str
    to: Address
    message: EmailMessage


class Mailing:
    """Queues and sends the notices of one ledger. ``now`` is the real time: readers compare it with theirs."""

    def __init__(
        self,
        register: Register,
        ledger: Ledger,
        server: Server,
        inbox: Callable[[], Inbox],
        now: Callable[[], datetime],
        held: Holding,
        troubles: Troubles | None = None,
    ) -> None:
        """``held`` returns the lease of sending; ``troubles`` says under ``notices`` why nothing is sent."""
        self._register, self._ledger, self._server, self._inbox = register, ledger, server, inbox
        self._now, self._held = now, held
        self._troubles = Troubles() if troubles is None else troubles
        self.outbox, self._people = Outbox(ledger), People(ledger)
        self._gathering = Gathering(register, ledger, self._people, inbox)
        self._stopped = Event()
        self._given: deque[datetime] = deque(maxlen=server.most_a_minute)  # when the server was given the last ones
        self._failure: tuple[Unreachable, datetime, timedelta] | None = None  # with until when to wait, and how long

    def deliver(self) -> bool:
        """Queue and send what is due. Returns whether nothing is left; False also while another process does this.

        Raises ``LeaseLost`` when another process took over meanwhile, ``Unreachable`` while the server takes nothing.
        """
        tenure = self._held()
        if tenure is None:
            return False
        self._work(tenure)
        return not self.outbox.left(self._now())

    @contextmanager
    def running(self, appends: Appends) -> Iterator[None]:
        """Queue and send in a thread of its own for as long as the block runs."""
        follower = Follower(NOTICES, on_duty(self._held, object, 0, self._work), LOOK_SECONDS, self._report)
        with follower.running(appends):
            try:
                yield
            finally:
                self._stopped.set()

    def _report(self, error: Exception | None) -> None:
        if error is not None:
            self._troubles[NOTICES] = f"{reason(error)} (see pca-ledger notices list)"
        elif self._held() is not None and (unknown := self.outbox.count([State.UNKNOWN])):
            self._troubles[NOTICES] = f"{unknown} may have been sent or not (see pca-ledger notices list)"
        else:
            self._troubles.pop(NOTICES, None)

    def _work(self, tenure: Tenure) -> None:
        self.outbox.interrupt(tenure, self._now())
        self._follow(tenure)
        self._follow_calendar(tenure)
        while due := self.outbox.due(self._now(), self._budget()):
            if not self._send(tenure, due):
                return

    def _follow(self, tenure: Tenure) -> None:
        """Queue what the log causes, as far as it is published: what is not published is not in force yet."""
        published = self._ledger.publications.size
        place = self.outbox.place()
        if place is None:  # what was recorded before there was a mail server is no news
            self.outbox.queue([], self._now(), Place(published), tenure)
            return
        while place.position < published and not self._stopped.is_set():
            stop = min(place.position + BATCH, published)
            wanted = of_entries(self._ledger, self._people, place.position, stop)
            place = Place(stop, place.day)
            self.outbox.queue(wanted, self._now(), place, tenure)

    def _follow_calendar(self, tenure: Tenure) -> None:
        """Queue what the day causes, once a day."""
        now, place = self._now(), self.outbox.place()
        today = now.date()
        if place is None or place.day >= today.isoformat() or now.timetz() < DAYS_WORK_FROM:
            return
        wanted = [
            *expiries(self._ledger, today),
            *incomplete(self._ledger, today),
            *reports_due(self._ledger, today),
            *digests(self._ledger, self._people, self._inbox, today),
        ]
        self.outbox.queue(wanted, now, Place(place.position, today.isoformat()), tenure)

    def _budget(self) -> int:
        """Return how many may be sent now, so that there are not more in a minute than the server is to be given."""
        while self._given and self._given[0] <= self._now() - MINUTE:
            self._given.popleft()
        return self._server.most_a_minute - len(self._given)

    def _send(self, tenure: Tenure, due: Sequence[Notice]) -> bool:
        """Send some notices. Returns whether others may follow at once."""
        ready = [one for notice in due if (one := self._ready(tenure, notice)) is not None]
        if not ready:
            return True
        if self._failure is not None and self._now() < self._failure[1]:
            raise self._failure[0]
        try:
            with Session(self._server) as session:
                for one in ready:
                    if self._stopped.is_set() or not tenure.is_held:
                        return False
                    self._send_one(tenure, session, one)
        except Unreachable as error:
            pause = FIRST_PAUSE if self._failure is None else min(2 * self._failure[2], LONGEST_PAUSE)
            self._failure = error, self._now() + pause, pause
            raise
        return True

    def _ready(self, tenure: Tenure, notice: Notice) -> Ready | None:
        """Return a notice as a message; None, once it is noted why, when there is nothing to send now."""
        recipient, now = self._people.recipient(notice.person_id), self._now()
        if recipient is None:  # a copy of before the erasure, which the next opening removes
            self.outbox.end(tenure, notice, State.NOT_NEEDED, now)
            return None
        if not recipient.address:
            self.outbox.end(tenure, notice, State.NO_ADDRESS, now)
            return None
        try:
            to = Address.parse(recipient.address)
        except ValueError as error:
            self.outbox.end(tenure, notice, State.REFUSED, now, Sending(recipient.address, str(error)))
            return None
        try:
            return Ready(notice, recipient.address, to, self._written(notice, recipient, to, now))
        except NotNeeded:
            self.outbox.end(tenure, notice, State.NOT_NEEDED, now)
        except NotYet:
            self.outbox.postpone(tenure, notice, now + NOT_YET)
        except (OSError, PersistenceError):
            raise  # not the fault of this notice
        except Exception as error:  # noqa: BLE001 - the others are sent all the same
            self.outbox.defer(tenure, notice, now, Sending(recipient.address, type(error).__name__))
            logs.LOG.warning("notice %s cannot be written: %s", notice.id, logs.fault(error))
        return None

    def _written(self, notice: Notice, recipient: Recipient, to: Address, now: datetime) -> EmailMessage:
        content = self._gathering.content(notice, now)
        language = self._people.choices(recipient.person_id).language or content.language or self._server.language
        return message(
            write(self._register, notice.kind, language, recipient.name, content.facts),
            notice.id,
            to,
            recipient.name,
            self._server,
            now,
            reply_to=self._register.settings.looks.mail,
            unsubscribe=content.stop,
        )

    def _send_one(self, tenure: Tenure, session: Session, ready: Ready) -> None:
        notice, now = ready.notice, self._now()
        begin = partial(self.outbox.begin, tenure, notice, ready.address, now)
        outcome = session.send(ready.message, self._server.envelope_sender(notice.id), ready.to, begin)
        if outcome is not None:
            self._failure = None
            self._given.append(now)
            self._end(tenure, notice, ready.address, outcome)

    def _end(self, tenure: Tenure, notice: Notice, address: str, outcome: Outcome) -> None:
        sending = Sending(address, outcome.reply)
        if outcome.state is State.DEFERRED:
            self.outbox.defer(tenure, notice, self._now(), sending)
        else:
            self.outbox.end(tenure, notice, outcome.state, self._now(), sending)
        if outcome.state is not State.SENT:
            logs.LOG.warning("notice %s: %s (see pca-ledger notices list)", notice.id, outcome.state)
