"""What an issuing body publishes: who it is, its keys, the documents as they were signed, and their status lists."""

from collections.abc import Iterable

from ledger.domain.refusal import Refused
from ledger.store.documents import DocumentSet
from ledger.store.ledger import Ledger
from ledger.words import Words
from projections.credentials.facts import IssuerIdentity
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.status.lists import StatusLists
from projections.read_models import ReadModels

TROUBLE = "documents"  # the name of the trouble that says why documents are not made


class IssuedDocuments:
    """Read access to the documents of one ledger. ``keys`` are those at hand, which sign status lists."""

    def __init__(self, ledger: Ledger, models: ReadModels, body: Words, keys: Iterable[IssuerKey]) -> None:
        self._ledger, self._body = ledger, body
        self.status_lists = StatusLists(ledger, models, keys)

    def issuer(self) -> IssuerIdentity | None:
        """The body as an issuer of documents; None before it is established."""
        established = self._ledger.read().issuer()
        if not established.version:
            return None
        return IssuerIdentity(url=established.url, name=self._body)

    def keys(self) -> IssuerKeys:
        """Every key that the body ever enrolled, in that order. Raises ``Refused`` before it is established."""
        issuer = self.issuer()
        if issuer is None:
            raise Refused("unknown", kind="issuer", id="")
        return IssuerKeys(issuer, self._ledger.read().issuer())

    def get(self, number: str, form: str) -> bytes | None:
        """A certificate in a form, as it was signed; None when it is not kept."""
        return self._ledger.documents.get(number, form)

    def set_of(self, number: str) -> DocumentSet | None:
        """The set of a certificate's documents; None when none are kept."""
        return self._ledger.documents.set_of(number)

    def set_of_token(self, token: str) -> DocumentSet | None:
        """The set that this token opens to its holder; None when there is none."""
        return self._ledger.documents.set_of_token(token)
