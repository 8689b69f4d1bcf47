"""What every form of a certificate states: put together once, from the record, before anything is signed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args
from urllib.parse import quote, urlsplit

import msgspec

from ledger.domain.events.scheme import RubricLevel
from ledger.store.documents import StatusIndex

__all__ = [
    "STATUS_PURPOSES",
    "Achievement",
    "CertificateFacts",
    "IssuerIdentity",
    "Scheme",
    "StatusIndex",
    "StatusPurpose",
]

StatusPurpose = Literal["revocation", "suspension"]
STATUS_PURPOSES: tuple[StatusPurpose, ...] = get_args(StatusPurpose)


class Achievement(msgspec.Struct, frozen=True, kw_only=True):
    """A competency of the scope. ``required`` is the lowest level that meets it, as a level of the rubric.

    ``achieved`` is the level reached; None unless the holder agreed that it is shown.
    """

    id: str
    name_en: str
    name_fr: str
    required: int
    achieved: int | None = None


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of a scheme attests, in force from a day on: the same for everyone certified under it.

    ``is_part`` says that the scope leaves competencies of the version out, as after a reduction.
    """

    id: str
    version: str
    in_force: date
    title_en: str
    title_fr: str
    scope: tuple[Achievement, ...]
    is_part: bool = False
    levels: tuple[RubricLevel, ...]


class CertificateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate, item by item of ISO/IEC 17024 9.4.8. Days are inclusive; ``expires_on`` None never expires.

    ``issued`` is when the ledger recorded it (aware UTC, whole seconds); ``salt`` goes with the hash of the name.
    """

    number: str
    holder: str
    salt: str
    body_en: str
    body_fr: str
    scheme_id: str
    scheme_version: str
    scheme_in_force: date
    title_en: str
    title_fr: str
    scope: tuple[Achievement, ...]
    is_part: bool = False
    levels: tuple[RubricLevel, ...]
    language: str
    place: str
    start: date
    end: date
    effective_from: date
    expires_on: date | None
    issued: datetime

    @property
    def scheme(self) -> Scheme:
        return Scheme(
            id=self.scheme_id,
            version=self.scheme_version,
            in_force=self.scheme_in_force,
            title_en=self.title_en,
            title_fr=self.title_fr,
            scope=self.scope,
            is_part=self.is_part,
            levels=self.levels,
        )


class IssuerIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Under what address credentials are issued: ``url`` is https://HOST[:PORT]. It can never change."""

    url: str
    name_en: str
    name_fr: str

    @property
    def did(self) -> str:
        """did:web over the address (W3C did:web method, 3.2): a port's colon is escaped."""
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
