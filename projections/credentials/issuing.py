"""Makes the documents of certificates, with the body's own keys: once, when a certificate is issued, in every form.

One process at a time makes them (:mod:`ledger.store.leases`). They are kept byte for byte
(:mod:`ledger.store.documents`) and served as they are. Nothing is signed a second time.
"""

import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from time import monotonic

from eventsourcing.persistence import PersistenceError

from ledger.store.documents import DocumentSet
from ledger.store.following import POLL_SECONDS, Follower, Troubles, reason
from ledger.store.leases import Holding, Tenure, on_duty, writing
from ledger.store.ledger import Ledger
from projections.certificates import CertificateRow
from projections.credentials.facts import IssuerIdentity
from projections.credentials.forms import catalogue, open_badge
from projections.credentials.forms.emblem import NO_EMBLEMS, Emblems
from projections.credentials.forms.form import Material
from projections.credentials.gathering import facts_of, issuer_of
from projections.credentials.keys.enrolled import Signers, established
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.published import TROUBLE
from projections.read_models import ReadModels
from projections.time_stamps import Authority

AGAIN_SECONDS = 10.0  # until a failed attempt is repeated
IMPOSSIBLE_AGAIN_SECONDS = 600.0  # the same, for a certificate that fails while others are made
NAMED = 20  # certificates that a trouble names
TOKEN_BYTES = 16  # 128 random bits, which open the documents to the holder


def make(material: Material) -> dict[str, bytes]:
    """One certificate in every form, by its name. Raises ValueError or OSError."""
    credential = open_badge.signed(material)
    return {form.name: form.make(material, credential) for form in catalogue.FORMS}


class Issuing:
    """Makes missing documents. ``troubles`` names, under ``documents``, the certificates that failed, with the reason.

    If one certificate's documents fail, the others are still made.
    """

    def __init__(
        self,
        ledger: Ledger,
        models: ReadModels,
        keys: Iterable[IssuerKey],
        held: Holding,
        *,
        official: bool = False,
        tsa: Authority | None = None,
        emblems: Emblems = NO_EMBLEMS,
        troubles: Troubles | None = None,
    ) -> None:
        """``held`` returns the lease of making documents."""
        self._ledger, self._models = ledger, models
        self._keys, self._held = tuple(keys), held
        self._official, self._tsa, self._emblems = official, tsa, emblems
        self.troubles = Troubles() if troubles is None else troubles
        self._impossible: dict[str, tuple[str, float]] = {}  # by number: the reason, and until when to wait

    def missing(self) -> list[CertificateRow]:
        """Certificates in use that have no documents yet, in the order of recording."""
        made = {kept.number for kept in self._ledger.documents.sets()}
        rows = [row for row in self._models.certificates.in_use() if row.number not in made]
        people = self._models.roster.people(row.person_id for row in rows)
        return [row for row in rows if not people[row.person_id].erased]

    def catch_up(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Make the documents of every certificate that has none, and return how many were made.

        None are made while another process does this. Raises ``Refused`` or OSError when none can be made: a key, a
        device or a time-stamp authority is missing, and ``LeaseLost`` when another process took over meanwhile.
        """
        tenure = self._held()
        return 0 if tenure is None else self._catch_up(tenure, progress)

    def _catch_up(self, tenure: Tenure, progress: Callable[[int, int], None] | None = None) -> int:
        missing, known = self.missing(), self._impossible
        self._impossible = {row.number: known[row.number] for row in missing if row.number in known}
        made = self._make(tenure, missing, progress) if missing else 0
        failures = [f"{number}: {why}" for number, (why, _) in self._impossible.items()]
        more = [f"and {len(failures) - NAMED} more"] if len(failures) > NAMED else []
        self._tell("; ".join(failures[:NAMED] + more))
        return made

    def _make(self, tenure: Tenure, missing: list[CertificateRow], progress: Callable[[int, int], None] | None) -> int:
        issuer = established(self._ledger)
        signers, made = Signers.of(issuer, self._keys, self._ledger.now()), 0
        for done, row in enumerate(missing, 1):
            made += self._make_one(tenure, row, issuer_of(issuer.url, row), signers)
            if progress is not None:
                progress(done, len(missing))
        return made

    def _make_one(self, tenure: Tenure, row: CertificateRow, issuer: IssuerIdentity, signers: Signers) -> bool:
        """Make one certificate in every form and keep it; False when it cannot be made, or not yet. Raises OSError."""
        if monotonic() < self._impossible.get(row.number, ("", 0.0))[1]:
            return False
        moment, status = self._ledger.now(), self._ledger.documents.place(row.number)
        try:
            facts = facts_of(self._ledger, row, secrets.token_hex(TOKEN_BYTES))
            if facts is None:
                return False
            bodies = make(
                Material(
                    facts=facts,
                    issuer=issuer,
                    status=status,
                    signers=signers,
                    made=moment,
                    official=self._official,
                    tsa=self._tsa,
                    emblems=self._emblems,
                )
            )
        except (OSError, PersistenceError):
            raise  # not the fault of this certificate: the next would fail too
        except Exception as error:  # noqa: BLE001 - the others are made all the same
            # Everyone reads this text, and that of an unexpected error may contain a name.
            why = str(error) if isinstance(error, ValueError) else type(error).__name__
            self._impossible[row.number] = why, monotonic() + IMPOSSIBLE_AGAIN_SECONDS
            return False
        self._impossible.pop(row.number, None)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        kept = DocumentSet(row.number, row.person_id, token, moment, tuple(bodies), facts.scheme.states_levels)
        with writing(self._ledger.database, tenure):
            return self._ledger.documents.keep(kept, status, bodies)

    def running(self) -> AbstractContextManager[None]:
        """Make documents of what any process published, in a separate thread, until the block ends."""
        publications = self._ledger.publications
        work = on_duty(self._held, lambda: publications.size, AGAIN_SECONDS, self._follow)
        return Follower("issuing", work, POLL_SECONDS, self._report).running(self._ledger.log.appends)

    def _follow(self, tenure: Tenure) -> None:
        self._models.catch_up()
        self._catch_up(tenure)

    def _report(self, error: Exception | None) -> None:
        if error is not None:  # otherwise it was told which certificates failed, if any
            self._tell(reason(error))

    def _tell(self, trouble: str) -> None:
        if trouble:
            self.troubles[TROUBLE] = trouble
        else:
            self.troubles.pop(TROUBLE, None)
