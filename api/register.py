"""The register that is served: a ledger with its read models, opened once, and read by every page.

Pages get no further than this: it answers questions, and has nothing that submits.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from time import monotonic
from types import TracebackType

import msgspec

from ledger.bundle import Bundle, assemble, disclosures_of
from ledger.documents import DocumentSet, current_list
from ledger.domain.events.office import FOUNDING
from ledger.domain.refusal import Refused
from ledger.log.checkpoint import Checkpoint
from ledger.log.tiles import Tile
from ledger.store.ledger import Ledger
from ledger.trust import TrustRoot
from ledger.words import Words
from projections.certificates import CertificateRow
from projections.changes import Change
from projections.credentials.facts import IssuerIdentity
from projections.credentials.issuing import DOCUMENTS
from projections.credentials.keys.enrolled import EnrolledKey, badge_key, enrolled_keys
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.status.statuses import Purpose, bits_of
from projections.read_models import ReadModels
from projections.roster import Person

DEMONSTRATION = "demonstration.json"
BEHIND_SECONDS = 30.0  # that publishing may take, witnesses asked twice included
CACHED_BUNDLES = 256  # of some 25 kB each
CACHED_LISTS = 64  # of at most 25 kB each
STATUS_LIST_LIFETIME = timedelta(days=1)
STATUS_LIST_TTL = timedelta(minutes=5)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a register presents itself. ``base_url`` is its public address, without a slash at the end.

    ``peers`` are addresses of other bodies' registers, in the same form, which are asked about what they issued.
    """

    base_url: str
    official: bool = False
    peers: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, base_url: str, peers: tuple[str, ...] = ()) -> Settings:
        """PCA_LEDGER_URL and PCA_LEDGER_OFFICIAL=1; the address it listens on when none is given."""
        return cls(
            base_url=os.environ.get("PCA_LEDGER_URL", base_url).rstrip("/"),
            official=os.environ.get("PCA_LEDGER_OFFICIAL") == "1",
            peers=peers,
        )


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """``status`` is ok, or says what is wrong; sizes count entries. ``witnesses`` says why any does not cosign.

    ``erasure_pending``: what was erased may still stand in the write-ahead log, because somebody reads the database.
    """

    status: str
    entries: int
    checkpoint: int
    published: int
    read_models: int
    erasure_pending: bool = False
    witnesses: dict[str, str] = {}


class StatusList(msgspec.Struct, frozen=True):
    """A signed status list; ``is_final`` when nothing that is recorded or made later can change what it says."""

    body: bytes
    is_final: bool


class Register:
    """Read access to one ledger and its read models."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        troubles: Mapping[str, str] | None = None,
        issuer_keys: Iterable[IssuerKey] = (),
    ) -> None:
        """``troubles`` says, by witness, why it does not cosign; kept up to date by whoever asks them.

        ``issuer_keys`` are those at hand: they sign status lists.
        """
        self._issuer_keys = tuple(issuer_keys)
        self._ledger = ledger
        self._troubles: Mapping[str, str] = {} if troubles is None else troubles
        self.settings = settings
        self.models = ReadModels(ledger, public=True)
        self.is_simulated = is_demonstration(ledger.folder)
        founding = ledger.read().founding()
        self.body = Words(founding.body_en, founding.body_fr)
        self.founded = ledger.signed_events(FOUNDING)[0].event.time.date()
        self._behind_since: tuple[int, float] | None = None
        self._assembled = lru_cache(CACHED_BUNDLES)(self._assemble)
        self._signed_list = lru_cache(CACHED_LISTS)(self._sign_list)

    @property
    def trust(self) -> TrustRoot:
        """What verifiers should have got from elsewhere; served for comparison."""
        return self._ledger.trust

    def now(self) -> datetime:
        """The ledger's clock, in whole seconds UTC."""
        return self._ledger.now()

    def checkpoint(self) -> str:
        """The latest checkpoint as a signed note."""
        return self._ledger.checkpoint()

    def time_stamp(self) -> bytes | None:
        """What a time-stamp authority said of the latest checkpoint; None when none was asked."""
        return self._ledger.log.time_stamp(self.checkpoint())

    def tile(self, tile: Tile) -> bytes:
        """A tile of the published log. Raises LookupError when it has none such."""
        return self._ledger.tile(tile)

    def proof(self, index: int) -> str:
        """That leaf ``index`` stands in the published log. Raises ``Refused`` when it does not."""
        return str(self._ledger.proof(index))

    def statement(self, change: Change) -> bytes:
        """The exact bytes of the statement behind a change: public, as those of bundles are."""
        (entry,) = self._ledger.entries(change.position - 1, change.position)
        return entry.state

    def being_witnessed(self) -> int:
        """How many entries wait for witnesses before anything of them is shown."""
        publications = self._ledger.publications
        return self._ledger.size() - publications.size if publications.policy.asks else 0

    def bundle(self, certificate: CertificateRow, holder: Person | None = None) -> Bundle:
        """The verification bundle, with the holder's name if they agreed to be listed; ``holder`` if read already."""
        holder = holder or self.models.roster.person(certificate.person_id)
        named = disclosures_of(self._ledger, certificate.content) if holder.name is not None else ()
        # A statement of status may be a minute old: so that answers can be compared and cached.
        minute = self.now().replace(second=0)
        size = self._ledger.publications.size
        assembled = self._assembled(certificate.certification_id, certificate.number, size, minute)
        return msgspec.structs.replace(assembled, disclosures=named)

    def _assemble(self, certification_id: str, number: str, *_of_this_size_and_minute: object) -> Bundle:
        """Without a name: what is kept must not outlive a consent, or the person's erasure."""
        return assemble(self._ledger, certification_id, number)

    def issuer(self) -> IssuerIdentity | None:
        """The body as an issuer of documents; None where it is none yet."""
        established = self._ledger.read().issuer()
        if not established.version:
            return None
        return IssuerIdentity(url=established.url, name_en=self.body.en, name_fr=self.body.fr)

    def issuer_keys(self) -> tuple[EnrolledKey, ...]:
        """Every key that the body ever enrolled, in that order."""
        return enrolled_keys(self._ledger.read().issuer())

    def document(self, number: str, form: str) -> bytes | None:
        """The bytes of a certificate in a form, as they were signed; None when they are not kept."""
        return self._ledger.documents.get(number, form)

    def document_set(self, number: str) -> DocumentSet | None:
        """That a certificate's documents were made and are kept."""
        return self._ledger.documents.set_of(number)

    def document_set_of_token(self, token: str) -> DocumentSet | None:
        """The same, for the holder who was given this token."""
        return self._ledger.documents.set_of_token(token)

    def status_list(self, issuer: IssuerIdentity, purpose: Purpose, number: int, at: datetime | None) -> StatusList:
        """A status list, signed now: as it is, or as it was at a moment. Raises ``Refused``.

        It names the latest published head of which everything was known at that moment, and is never older than that.
        """
        taken = self._ledger.documents.taken()
        if number > current_list(taken):
            raise Refused("unknown", kind="status list", id=f"{purpose}/{number}")
        # A list may be a minute old: so that answers can be compared and cached.
        moment = self.now().replace(second=0) if at is None else at
        known = datetime.combine(moment.date(), time.max, UTC) if at is None else at
        self._ledger.latest()  # where nobody witnesses, asking publishes
        # Taken before the read models catch up, which therefore hold all of it.
        head = self._ledger.publications.latest_of(self._ledger.size_at(known))
        self.models.catch_up()
        position = self.models.following.position
        # The last published entry was known only later: so is whatever is published after it.
        is_past = at is not None and self._ledger.size_at(at) < position
        return self._signed_list(issuer, purpose, number, moment, known, head, (position, taken), is_past)

    def _sign_list(
        self,
        issuer: IssuerIdentity,
        purpose: Purpose,
        number: int,
        moment: datetime,
        known: datetime,
        head: Checkpoint | None,
        _held: tuple[int, int],
        is_past: bool,
    ) -> StatusList:
        """``_held``: how many entries the read models hold, and places are taken. With more, another list is signed."""
        # Only here: a command that signs no list need not load JSON-LD.
        from projections.credentials.proofs import data_integrity
        from projections.credentials.status import status_list

        key = badge_key(self._ledger.read().issuer(), self._issuer_keys)
        bits = bits_of(self._ledger.documents, self.models.certificates, purpose, number, moment.date(), known)
        unsigned = status_list.document(
            issuer, purpose, number, bits.positions, moment, moment + STATUS_LIST_LIFETIME, STATUS_LIST_TTL, head
        )
        method = issuer.verification_method(key.key_id)
        signed = msgspec.json.encode(data_integrity.sign(unsigned, key, method, self.now()))
        return StatusList(signed, is_final=is_past and bits.are_all_placed)

    def health(self) -> Health:
        """Whether the log can be read, its checkpoint is of all of it, and the read models follow."""
        entries, signed = self._ledger.size(), self._ledger.log.latest_checkpoint()
        checkpoint = 0 if signed is None else signed[0]
        position = self.models.following.position
        failure, published = self.models.failure, self._ledger.publications.size
        if failure is not None:
            status = f"the read models stopped: {type(failure).__name__}"
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
            read_models=position,
            erasure_pending=self._ledger.log.has_unfinished_erasures(),
            witnesses=dict(self._troubles),
        )

    def _is_behind(self, published: int, checkpoint: int) -> bool:
        """Whether something keeps the latest entries from the public: a trouble, or nothing for too long."""
        if published >= checkpoint:
            self._behind_since = None
        elif self._behind_since is None or self._behind_since[0] != published:
            self._behind_since = (published, monotonic())
        if self._behind_since is None:
            return False
        return bool(self._troubles.keys() - {DOCUMENTS}) or monotonic() - self._behind_since[1] > BEHIND_SECONDS

    def __enter__(self) -> Register:
        self.models.catch_up()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.models.close()


def is_demonstration(folder: Path) -> bool:
    """Whether a ledger's past was recorded on a simulated clock."""
    return (folder / DEMONSTRATION).exists()
