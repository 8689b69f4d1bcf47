"""The founding: who has made a passkey and who has signed leaf 0. Nothing is written before all have.

It is in memory only: whoever is interrupted begins anew, and nothing of before can be used.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from threading import RLock
from typing import Any

from api.console.access.passkeys import creation_options, read_asserted, read_made, request_options
from api.console.refusals import ConsoleRefusal
from api.secretariat.proposals import details_of, new_id, split_name
from api.words import event_in_words
from ledger.disclosures import Disclosure, seal
from ledger.domain.events.passkeys import Credential
from ledger.domain.record import Accepted, Role, Site
from ledger.domain.states.passkeys import passkey_of
from ledger.reading import Draft, Memory
from ledger.signing.envelope import Signature
from ledger.signing.keys import key_id
from ledger.signing.passkeys import (
    RANDOM_BYTES,
    enrol_challenge,
    read_registration,
    require_signed,
    sign_challenge,
    signatures_of,
)
from ledger.signing.statement import decode_payload
from ledger.store.founding import LeafZero, prepare
from ledger.words import Language

SECRET_BYTES = 32


class Founder:
    """One of the founders, and how far they are."""

    def __init__(self, role: Role, name: str) -> None:
        self.role, self.name, self.person = role, name, new_id()
        self.details: tuple[Disclosure, ...] = seal(details_of(*split_name(name)))[1]
        self.challenge = b""  # of the passkey to be made
        self.credential: Credential | None = None
        self.signature: Signature | None = None


class Founding:
    """A founding under way. Safe for threads. ``complete`` is called once, with leaf 0 and the founders' signatures."""

    def __init__(
        self,
        origin: str,
        body: tuple[str, str],
        site: Site,
        names: Mapping[Role, str],
        clock: Callable[[], datetime],
        complete: Callable[[LeafZero, list[Signature]], object],
    ) -> None:
        self.origin, self.body, self.site = origin, body, site
        self._clock, self._complete = clock, complete
        self._lock = RLock()
        self._leaf: LeafZero | None = None
        self.is_complete = False
        self.founders = {secrets.token_urlsafe(SECRET_BYTES): Founder(role, name) for role, name in names.items()}

    @contextmanager
    def of(self, secret: str) -> Iterator[Founder]:
        """Yield the founder of a link, alone. Raises ``Refused`` for any other."""
        founder = self.founders.get(secret)
        if founder is None:
            raise ConsoleRefusal("link-not-valid")
        with self._lock:
            yield founder

    def begin_making(self, founder: Founder, language: Language) -> dict[str, Any]:
        """Return what the browser is asked to make. Raises ``Refused`` once somebody has signed."""
        self._require_unsigned()
        founder.challenge = enrol_challenge(self.origin, secrets.token_bytes(RANDOM_BYTES))
        body = self.body[language == "fr"]
        return creation_options(founder.challenge, self.site, body, founder.person, founder.name, ())

    def make(self, founder: Founder, credential: str) -> None:
        """Take in the passkey of a founder; leaf 0 is prepared once all have made one."""
        self._require_unsigned()
        made = read_made(credential)
        if not founder.challenge or made.challenge != founder.challenge:
            raise ConsoleRefusal("answer-too-late")
        founder.credential = read_registration(
            made.attestation_object, made.client_data, made.challenge, [self.site], made.transports
        )
        founder.challenge = b""
        ready = [(f.person, f.role, f.credential, f.details) for f in self.founders.values() if f.credential]
        if len(ready) == len(self.founders):
            self._leaf = prepare(self._clock(), origin=self.origin, body=self.body, founders=ready, sites=[self.site])

    def says(self, language: Language) -> str:
        """Return what leaf 0 says, in words; empty until all have made their passkeys."""
        if self._leaf is None:
            return ""
        disclosed = {d.digest: d for founder in self.founders.values() for d in founder.details}
        return event_in_words(decode_payload(self._leaf.payload), language, Draft(Memory(), disclosed.get))

    @property
    def shown(self) -> str:
        """What is the same only while leaf 0 is as it was shown: 64 hexadecimal digits, or nothing."""
        return "" if self._leaf is None else sha256(self._leaf.payload).hexdigest()

    def begin_signing(self, founder: Founder, shown: str) -> dict[str, Any]:
        """Return what a founder's passkey is asked to sign. Raises ``Refused`` unless it is what they were shown."""
        leaf, credential = self._prepared(founder)
        if shown != self.shown:  # the other founder has made another passkey since
            raise ConsoleRefusal("founding-changed")
        challenge = sign_challenge(self.origin, [leaf.to_sign])
        return request_options(challenge, self.site, [passkey_of(credential)])

    def sign(self, founder: Founder, credential: str) -> None:
        """Add a founder's signature; with the last one the ledger is founded. Raises ``Unverifiable``."""
        leaf, own = self._prepared(founder)
        key = passkey_of(own)
        (signature,) = signatures_of(
            key, key_id(key.public), read_asserted(credential).assertion, self.origin, [leaf.to_sign]
        )
        require_signed(key, Accepted(self.origin, (self.site.origin,), True), leaf.to_sign, signature.sig)
        founder.signature = signature
        signatures = [f.signature for f in self.founders.values() if f.signature is not None]
        if len(signatures) == len(self.founders) and not self.is_complete:
            self._complete(leaf, signatures)
            self.is_complete = True

    def _prepared(self, founder: Founder) -> tuple[LeafZero, Credential]:
        if self._leaf is None or founder.credential is None:
            raise ConsoleRefusal("answer-too-late")
        return self._leaf, founder.credential

    def _require_unsigned(self) -> None:
        """Require that nobody has signed: leaf 0 names every passkey."""
        if any(founder.signature is not None for founder in self.founders.values()):
            raise ConsoleRefusal("founding-signed")
