"""The documents of a simulated register: of its first certificates only, because each takes long."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.simulating.people import People
from api.simulating.recording import Recorder
from ledger.domain.record import Role
from ledger.signing.keys import save_private
from ledger.store.leases import alone
from projections.credentials.issuing import Issuing
from projections.credentials.keys import seal_chain
from projections.credentials.keys.issuer_key import LocalKey, enrolment
from projections.read_models import ReadModels

URL = "http://127.0.0.1:8000"  # stands in every document
CHAIN_ENDS = datetime(2050, 1, 1, tzinfo=UTC)


class Documents:
    """Makes the documents of every certificate there is, as soon as there are so many; then no more."""

    def __init__(self, people: People, recorder: Recorder, at_least: int) -> None:
        self._people, self._recorder, self._left = people, recorder, at_least
        self._keys: dict[str, Ed25519PrivateKey | EllipticCurvePrivateKey] = {}

    def establish(self, body: str) -> None:
        """Make the body an issuer, if there are to be documents, with a key that signs and one that seals."""
        if not self._left:
            return
        self._keys = {"issuer-ed25519": Ed25519PrivateKey.generate(), "issuer-p256": generate_private_key(SECP256R1())}
        director, security = (self._people.one(role) for role in (Role.DIRECTOR, Role.SECURITY_OFFICER))
        self._recorder.do("establish-issuer", director, url=URL)
        began = datetime.combine(self._recorder.today, datetime.min.time(), UTC)
        for key in map(LocalKey, self._keys.values()):
            chain: tuple[bytes, ...] = ()
            if key.algorithm == "ES256":
                authority = generate_private_key(SECP256R1())  # not kept: it certifies once
                chain = seal_chain.make_chain(key.public, body, URL, authority, began, CHAIN_ENDS)
            self._recorder.do("enrol-issuer-key", security, director, **enrolment(key, URL, chain))

    def make(self, certificates: int) -> None:
        """Make them, if there are that many certificates, and they were not made."""
        if not self._left or certificates < self._left:
            return
        self._recorder.flush()
        with ReadModels(self._recorder.ledger) as models:
            models.catch_up()
            Issuing(self._recorder.ledger, models, map(LocalKey, self._keys.values()), alone).catch_up()
        self._left = 0

    def save_keys(self, keys: Path) -> None:
        """Write the issuer's keys to files."""
        for name, key in self._keys.items():
            save_private(key, keys / f"{name}.key")
