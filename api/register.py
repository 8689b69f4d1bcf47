"""The register that is served: a ledger with its read models, opened once, and read by every page.

Pages reach the ledger through this class only. It reads, and cannot submit.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

import msgspec

from api import logs
from api.looks import Looks
from ledger.bundle import Bundle
from ledger.disclosures import Disclosure
from ledger.domain.events.office import FOUNDING
from ledger.domain.events.persons import full_name
from ledger.likeness import letters_apart
from ledger.log.tiles import Tile
from ledger.store.bundling import assemble, disclosures_of
from ledger.store.following import Appends, Troubles
from ledger.store.ledger import Ledger
from ledger.store.port import Database
from ledger.store.publishing import PUBLISHING
from ledger.trust import TrustRoot
from ledger.words import Words
from projections.certificates import CertificateRow
from projections.changes import Change
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.published import IssuedDocuments
from projections.read_models import TROUBLE, ReadModels
from projections.roster import Person

DEMONSTRATION = "demonstration.json"
BEHIND_SECONDS = 30.0  # the longest that publishing takes, with two requests to each witness
METRICS = "local", "off", "all"  # who may read /metrics; the first unless set otherwise
CACHED_BUNDLES = 256  # of some 25 kB each


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a register presents itself. ``base_url`` is its public address, without a slash at the end.

    ``peers`` are addresses of other bodies' registers, in the same form, to ask about certificates that those issued.
    ``proxies`` are the addresses of the proxies in front, or ``none``: see :class:`api.doors.rates.Proxies`.
    ``metrics`` says who may read them: ``off``, ``local`` or ``all`` (see :mod:`api.observing.http`).
    """

    base_url: str
    official: bool = False
    peers: tuple[str, ...] = ()
    proxies: str = ""
    metrics: str = "local"
    looks: Looks = Looks()

    @classmethod
    def from_environment(cls, base_url: str, peers: tuple[str, ...] = ()) -> Self:
        """Reads PCA_LEDGER_URL (otherwise ``base_url``), PCA_LEDGER_OFFICIAL=1, PCA_LEDGER_PROXIES,
        PCA_LEDGER_METRICS and the looks (:meth:`Looks.from_environment`).

        Raises ValueError for an address that is not one of a host, for settings that are none of those there are
        (PCA_LEDGER_LOG too), and for looks that cannot be used.
        """
        _one_of(logs.FORM, (logs.LINES, logs.JSON))
        return cls(
            base_url=_address(os.environ.get("PCA_LEDGER_URL", base_url).rstrip("/")),
            official=os.environ.get("PCA_LEDGER_OFFICIAL") == "1",
            peers=peers,
            proxies=os.environ.get("PCA_LEDGER_PROXIES", ""),
            metrics=_one_of("PCA_LEDGER_METRICS", METRICS),
            looks=Looks.from_environment(),
        )


class Trouble(msgspec.Struct, frozen=True):
    """Why something does not work, and for how many seconds. It is tried again until it does."""

    why: str
    seconds: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """``status`` is ok, or what is wrong with the answers to the public; sizes count entries.

    ``troubles`` names all that does not work, such as witnesses that do not cosign, documents or webhooks.
    """

    status: str
    entries: int
    checkpoint: int
    published: int
    read_models: int
    troubles: dict[str, Trouble] = {}


class Register:
    """Read access to one ledger and its read models."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        troubles: Troubles | None = None,
        issuer_keys: Iterable[IssuerKey] = (),
    ) -> None:
        """``troubles`` names all that does not work; whoever follows the log keeps it up to date.

        ``issuer_keys`` are the issuer's keys that this process can use: they sign status lists.
        """
        self._ledger = ledger
        self._troubles = Troubles() if troubles is None else troubles
        self.settings = settings
        self.models = ReadModels(ledger, public=True, troubles=self._troubles)
        self.is_simulated = is_demonstration(ledger.folder)
        founding = ledger.read().founding()
        self.body = Words(founding.body_en, founding.body_fr)
        self.founded = ledger.signed_events(FOUNDING)[0].event.time.date()
        self._behind_since: tuple[int, float] | None = None
        self._assembled = lru_cache(CACHED_BUNDLES)(self._assemble)
        self.documents = IssuedDocuments(ledger, self.models, self.body, issuer_keys)

    @property
    def name(self) -> Words:
        """The body's name for pages: once it issues documents, the one that they state."""
        return self.settings.looks.name if self.settings.looks.name and not self.documents.issuer() else self.body

    @property
    def trust(self) -> TrustRoot:
        """The trust root, for comparison: verifiers must obtain theirs from elsewhere."""
        return self._ledger.trust

    @property
    def database(self) -> Database:
        """The record's database, for what surrounds the log: the wallets' codes, the webhooks' places."""
        return self._ledger.database

    @property
    def appends(self) -> Appends:
        """Wakes those who follow the log after each append of this process."""
        return self._ledger.log.appends

    def now(self) -> datetime:
        """The ledger's clock, in whole seconds UTC."""
        return self._ledger.now()

    def checkpoint(self) -> str:
        """The latest checkpoint as a signed note."""
        return self._ledger.checkpoint()

    def time_stamp(self) -> bytes | None:
        """The reply of a time-stamp authority about the latest checkpoint; None when there is none."""
        return self._ledger.notes.time_stamp(self.checkpoint())

    def tile(self, tile: Tile) -> bytes:
        """A tile of the published log. Raises LookupError when there is no such tile."""
        return self._ledger.tile(tile)

    def proof(self, index: int) -> str:
        """The proof that leaf ``index`` is in the published log. Raises ``Refused`` when it is not."""
        return str(self._ledger.proof(index))

    def covered(self) -> int:
        """How many entries the latest checkpoint covers: others cannot be proven yet."""
        return self._ledger.latest()[1].size

    def statement(self, change: Change) -> bytes:
        """The exact bytes of the statement behind a change: public, as those of bundles are."""
        (entry,) = self._ledger.entries(change.position - 1, change.position)
        return entry.state

    def being_witnessed(self) -> int:
        """How many entries are not shown yet, because they wait for witnesses."""
        publications = self._ledger.publications
        return self._ledger.size() - publications.size if publications.policy.asks else 0

    def bundle(self, certificate: CertificateRow, holder: Person | None = None) -> Bundle:
        """The verification bundle, with the holder's name if they agreed to be listed; ``holder`` if read already."""
        holder = holder or self.models.roster.person(certificate.person_id)
        named = disclosures_of(self._ledger, certificate.content) if holder.name is not None else ()
        # The signed heads may be a minute old, so that responses can be compared and cached.
        minute = self.now().replace(second=0)
        size = self._ledger.publications.size
        assembled = self._assembled(certificate.certification_id, certificate.number, size, minute)
        return msgspec.structs.replace(assembled, disclosures=named)

    def is_holder(self, certificate: CertificateRow, name: str) -> bool | None:
        """Whether a whole name, in any spelling, is the one that was certified; None once that is erased.

        A part of the name is none: who guesses learns nothing on the way.
        """
        held = map(Disclosure.parse, disclosures_of(self._ledger, certificate.content))
        certified = full_name({detail.name: str(detail.value) for detail in held})
        return letters_apart(name, certified) == 0 if certified else None

    def _assemble(self, certification_id: str, number: str, *_of_this_size_and_minute: object) -> Bundle:
        """A bundle without the name: it is cached, and a name must not outlive the consent or an erasure."""
        return assemble(self._ledger, certification_id, number)

    def health(self) -> Health:
        """Reports whether the log can be read, the checkpoint covers all of it, and the read models follow."""
        entries, signed = self._ledger.size(), self._ledger.notes.latest_checkpoint()
        checkpoint = 0 if signed is None else signed[0]
        published, read_models = self._ledger.publications.size, self.models.following.position
        if self.models.are_late():
            why = self._troubles.get(TROUBLE, "they are being filled")
            status = f"the read models hold {read_models} of {published} entries: {why}"
        elif checkpoint < entries:
            status = "the latest entries are under no checkpoint"
        elif self._is_behind(published, checkpoint):
            status = "the latest entries are not witnessed"
        else:
            status = "ok"
        return Health(
            status=status,
            entries=entries,
            checkpoint=checkpoint,
            published=published,
            read_models=read_models,
            troubles={name: Trouble(*trouble) for name, trouble in self._troubles.lasting().items()},
        )

    def _is_behind(self, published: int, checkpoint: int) -> bool:
        """Whether the latest entries are unpublished because of a trouble, or for too long."""
        if published >= checkpoint:
            self._behind_since = None
        elif self._behind_since is None or self._behind_since[0] != published:
            self._behind_since = (published, monotonic())
        if self._behind_since is None:
            return False
        publishing = {PUBLISHING, *self._ledger.publications.policy.witnesses}
        return bool(publishing & {*self._troubles.lasting()}) or self.unpublished_seconds() > BEHIND_SECONDS

    def unpublished_seconds(self) -> float:
        """For how long the latest entries have not been public, as the last report on health found."""
        return 0.0 if self._behind_since is None else monotonic() - self._behind_since[1]

    def head_age(self) -> float | None:
        """How many seconds ago the latest published checkpoint was signed; None when it states no time."""
        signed_at = self._ledger.publications.signed_at()
        return None if signed_at is None else (self.now() - signed_at).total_seconds()

    def cosigned(self) -> dict[str, int]:
        """The size of the latest published checkpoint that each witness cosigned: see :class:`Publications`."""
        return self._ledger.publications.cosigned()

    def __enter__(self) -> Self:
        self.models.catch_up()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.models.close()


def _one_of(variable: str, allowed: Sequence[str]) -> str:
    """Returns the value of a variable; the first of those allowed when it is not set. Raises ValueError for others."""
    value = os.environ.get(variable) or allowed[0]
    if value not in allowed:
        raise ValueError(f"{variable}: {value}: expected {', '.join(allowed)}")
    return value


def _address(text: str) -> str:
    parts = urlsplit(text)
    if text and (
        parts.scheme not in ("http", "https") or not parts.hostname or text != f"{parts.scheme}://{parts.netloc}"
    ):
        raise ValueError(
            f"PCA_LEDGER_URL: {text}: expected a host without a path, such as https://register.example.org"
        )
    return text


def is_demonstration(folder: Path) -> bool:
    """Whether a ledger's past was recorded on a simulated clock."""
    return (folder / DEMONSTRATION).exists()
