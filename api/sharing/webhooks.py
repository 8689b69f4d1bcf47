"""Webhooks (Standard Webhooks): each subscription gets every change in order, again until it is acknowledged.

One process at a time sends them (:mod:`ledger.store.leases`): two would send the same message twice.

A message carries the signed statement behind the change and the proof that the statement is in the log. A receiver
with the trust root need not trust the transport or the shared secret.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from threading import Event
from typing import Any

import httpx2
import msgspec
from standardwebhooks import Webhook

from api import logs
from api.clients.addresses import pinned, require_address
from api.clients.fetching import Exchanges
from api.register import Register
from api.sharing.announcements import announcement
from api.sharing.outbox import Outbox
from api.sharing.subscriptions import Kept, Subscription, Subscriptions, locked
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.store.following import Appends, Follower, Troubles, reason
from ledger.store.leases import Holding, Tenure, on_duty, writing
from projections.changes import Change

DEADLINE = 15.0  # seconds for a message and its response
MAX_ANSWER_BYTES = 64 * 1024
AT_ONCE = 8
BATCH = 100
LOOK_SECONDS = 2.0  # the longest delay of a change
TROUBLE = "webhooks"  # the name of the trouble that says why nothing is sent
TEST = "test"


class Deliverer:
    """Delivers to the subscriptions of one ledger. ``now`` is the real time: receivers compare it with theirs."""

    def __init__(
        self,
        register: Register,
        subscriptions: Subscriptions,
        now: Callable[[], datetime],
        held: Holding,
        troubles: Troubles | None = None,
    ) -> None:
        """``held`` returns the lease of sending; ``troubles`` says under ``webhooks`` why nothing is sent."""
        self._register = register
        self._subscriptions = subscriptions
        self._now = now
        self._held = held
        self._troubles = Troubles() if troubles is None else troubles
        self._stopped = Event()
        self._outbox = Outbox(register.database)

    def deliver(self) -> bool:
        """Sends what is due. Returns whether everything is delivered; False also while another process delivers.

        Raises ``LeaseLost`` when another process took over meanwhile, and ``Unreadable`` when there are subscriptions
        that cannot be opened: the others were sent theirs.
        """
        self._subscriptions.take_in()
        tenure = self._held()
        return tenure is not None and self._deliver(tenure)

    def _deliver(self, tenure: Tenure) -> bool:
        kept = self._subscriptions.all()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = list(pool.map(partial(self._tell, tenure), kept))
        if unopened := [one.id for one in kept if one.subscription is None]:
            raise locked(unopened)
        return all(told)

    def test(self, subscription: Subscription) -> None:
        """Sends one message without a change. Raises OSError saying why it was not acknowledged."""
        message = {"type": TEST, "timestamp": self._now().isoformat(), "data": {}}
        self._post(subscription, f"{TEST}{self._now():%Y%m%d%H%M%S}", message)

    def backlog(self) -> int:
        """Returns how many entries the slowest subscriber is behind the latest change."""
        last = self._register.models.changes.last()
        return max((last - place.position for place in self._subscriptions.places()), default=0)

    def failing(self) -> int:
        """Returns how many subscribers did not acknowledge the last message to them."""
        return sum(place.failures > 0 for place in self._subscriptions.places())

    @contextmanager
    def running(self, appends: Appends) -> Iterator[None]:
        """Delivers in a thread of its own for as long as the block runs."""
        send = on_duty(self._held, object, 0, self._deliver)

        def follow() -> None:
            self._subscriptions.take_in()  # also what lies beside a process that has not the duty
            send()

        follower = Follower("webhooks", follow, LOOK_SECONDS, self._report)
        with follower.running(appends):
            try:
                yield
            finally:
                self._stopped.set()

    def _report(self, error: Exception | None) -> None:
        if error is None:
            self._troubles.pop(TROUBLE, None)
        else:
            self._troubles[TROUBLE] = f"{reason(error)} (see pca-ledger webhooks list)"

    def _tell(self, tenure: Tenure, kept: Kept) -> bool:
        """Sends one subscription all that it has not acknowledged. Returns whether it has everything now."""
        changes = self._register.models.changes
        _, subscription, place = kept
        if subscription is None or place.again > self._now():
            return False
        wanted = self._certifications(subscription)
        while batch := changes.after(place.position, BATCH):
            covered = self._register.covered()
            for change in batch:
                if self._stopped.is_set() or not tenure.is_held or change.position > covered:
                    return False  # its checkpoint follows in a moment
                if wanted is None or change.certification_id in wanted:
                    try:
                        self._post(subscription, f"{subscription.id}{change.position}", self._message(change))
                    except (Refused, LedgerError, OSError) as error:
                        with writing(self._register.database, tenure):
                            self._outbox.failed(subscription.id, place, str(error), self._now())
                        logs.LOG.warning(
                            "webhook %s failed (see pca-ledger webhooks list): %s", subscription.id, logs.fault(error)
                        )
                        return False
                with writing(self._register.database, tenure):
                    self._outbox.acknowledged(subscription.id, change.position)
                place = msgspec.structs.replace(place, position=change.position, failures=0)
        return True

    def _certifications(self, subscription: Subscription) -> set[str] | None:
        """Returns the certifications of the numbers, None for all: a reissue changes only the number."""
        if not subscription.numbers:
            return None
        rows = map(self._register.models.certificates.by_number, subscription.numbers)
        return {row.certification_id for row in rows if row is not None}

    def _message(self, change: Change) -> dict[str, Any]:
        index = change.position - 1
        return {
            # Standard Webhooks: the words of a type are separated by full stops.
            "type": f"certificate.{change.kind.replace('-', '_')}",
            "timestamp": change.recorded.isoformat(),
            "data": announcement(self._register, change).model_dump(mode="json"),
            "log": {
                "origin": self._register.trust.origin,
                "index": index,
                "statement": self._register.statement(change),
                "proof": self._register.proof(index),
            },
        }

    def _post(self, subscription: Subscription, message_id: str, message: dict[str, Any]) -> None:
        """Raises OSError unless the receiver acknowledges with a status of 2xx; no redirect is followed."""
        body, now = msgspec.json.encode(message), self._now()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "pca-ledger",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(subscription.secret).sign(message_id, now, body.decode()),
        }
        # No proxy of the environment: the request must reach the address that was checked.
        with closing(Exchanges(DEADLINE, MAX_ANSWER_BYTES, direct=True)) as exchanges:
            url = require_address(subscription.url)
            status, _ = exchanges.send(
                pinned(exchanges, url, is_internal=subscription.internal, content=body, headers=headers)
            )
        if not httpx2.codes.is_success(status):
            raise OSError(f"{url.host}: answers {status}")
