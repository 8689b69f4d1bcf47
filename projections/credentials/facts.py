"""The facts that every form of a certificate states, collected from the record once, before anything is signed."""

from datetime import date, datetime
from typing import Literal, get_args
from urllib.parse import quote, urlsplit

import msgspec

from ledger.domain.events.scheme import RubricLevel
from ledger.store.documents import StatusIndex
from ledger.words import Language, Words

StatusPurpose = Literal["revocation", "suspension"]
STATUS_PURPOSES: tuple[StatusPurpose, ...] = get_args(StatusPurpose)


class Achievement(msgspec.Struct, frozen=True, kw_only=True):
    """A competency of the scope. ``required`` is the lowest level that meets it, as a level of the rubric.

    ``achieved`` is the level reached; None unless the holder agreed to show it.
    """

    id: str
    name: Words
    required: int
    achieved: int | None = None


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of a scheme attests, the same for everyone certified under it. It is in force from ``in_force``.

    ``is_part`` is true when the scope leaves out competencies of the version, as after a reduction.
    """

    id: str
    version: str
    in_force: date
    title: Words
    scope: tuple[Achievement, ...]
    is_part: bool = False
    levels: tuple[RubricLevel, ...]

    @property
    def states_levels(self) -> bool:
        return any(one.achieved is not None for one in self.scope)


class Signatory(msgspec.Struct, frozen=True):
    """An officer who signed the award, and the office in which they did. ``name`` is None once it was erased."""

    name: str | None
    office: Words


class CertificateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate, item by item of ISO/IEC 17024 9.4.8. Days are inclusive; ``expires_on`` is None without an end.

    The ledger recorded the certificate at ``issued`` (aware UTC, whole seconds). The name is hashed with ``salt``.
    ``leaf`` is the hash of the log's entry for the award (RFC 9162, 2.1.1), and ``signatories`` decided it.
    """

    number: str
    holder: str
    salt: str
    body: Words
    scheme: Scheme
    language: str
    place: str
    start: date
    end: date
    effective_from: date
    expires_on: date | None
    issued: datetime
    leaf: bytes
    signatories: tuple[Signatory, ...]

    @property
    def page_language(self) -> Language:
        """The language of what has one at a time: the certificate's own, or English."""
        return "fr" if self.language == "fr" else "en"


class IssuerIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """The address and the names under which a body issues: ``url`` is https://HOST[:PORT], and never changes."""

    url: str
    name: Words

    @property
    def did(self) -> str:
        """The did:web of the address (W3C did:web method, 3.2), in which the colon before a port is escaped."""
        return "did:web:" + urlsplit(self.url).netloc.replace(":", "%3A")

    def verification_method(self, key_id: str) -> str:
        return f"{self.did}#{key_id}"

    def jwk(self, key_id: str) -> str:
        return f"{self.url}/keys/{key_id}.jwk"

    def certificate(self, number: str) -> str:
        return f"{self.url}/certificates/{quote(number)}"

    def achievement(self, scheme_id: str, version: str) -> str:
        return f"{self.url}/achievements/{quote(scheme_id)}/{quote(version)}"

    def criteria(self, scheme_id: str, version: str) -> str:
        return f"{self.achievement(scheme_id, version)}/criteria"

    def status_list(self, purpose: StatusPurpose, number: int) -> str:
        """``number`` counts the lists from 0."""
        return f"{self.url}/status/{purpose}/{number}"

    def token_status_list(self, number: int) -> str:
        """The list with the same places, in the format that identity wallets read."""
        return f"{self.url}/status/tokens/{number}"

    def status_entry(self, purpose: StatusPurpose, place: StatusIndex) -> dict[str, str]:
        """The ``credentialStatus`` of a certificate (W3C Bitstring Status List 1.0, 2.1)."""
        url = self.status_list(purpose, place.number)
        return {
            "id": f"{url}#{place.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(place.index),
            "statusListCredential": url,
        }
