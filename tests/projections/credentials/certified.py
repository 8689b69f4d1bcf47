"""One certificate, its issuer and key, for the tests of every form. Everyone in it is synthetic."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from ledger.domain.events.scheme import RubricLevel
from ledger.store.documents import StatusIndex
from ledger.words import Words
from projections.credentials.facts import Achievement, CertificateFacts, IssuerIdentity, Scheme, Signatory
from projections.credentials.gathering import DECIDER
from projections.credentials.keys.issuer_key import LocalKey

ISSUER = IssuerIdentity(url="https://pca.example", name=Words("Example Customs Body", "Organisme douanier d’exemple"))
KEY = LocalKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
METHOD = ISSUER.verification_method(KEY.key_id)
STATUS = StatusIndex(0, 94567)
ISSUED = datetime(2022, 6, 1, 14, 30, tzinfo=UTC)
COMPETENCIES = (
    ("technical-knowledge", "Technical knowledge", "Connaissances techniques", 4),
    ("advisory-capacity", "Advisory capacity", "Capacité de conseil", None),
    ("facilitation", "Facilitation", "Animation", 5),
    ("communication", "Communication", "Communication", None),
)
FACTS = CertificateFacts(
    number="TOA-PCA-FR-2022-04-PRJ",
    holder="Awa N’Diaye-Émond",
    salt="9f2c41d07be8a653",
    body=Words("Example Customs Body", "Organisme douanier d’exemple"),
    scheme=Scheme(
        id="toa-pca",
        version="2022.1",
        in_force=date(2016, 9, 1),
        title=Words(
            "PCA Technical and Operational Advisor",
            "Conseiller technique et opérationnel en contrôle a posteriori",
        ),
        scope=tuple(
            Achievement(id=id_, name=Words(english, french), required=3, achieved=achieved)
            for id_, english, french, achieved in COMPETENCIES
        ),
        levels=tuple(RubricLevel(n, f"Level {n} is shown so", f"Le niveau {n} se voit ainsi") for n in range(1, 6)),
    ),
    language="fr",
    place="Brussels",
    start=date(2022, 5, 16),
    end=date(2022, 5, 20),
    effective_from=date(2022, 6, 1),
    expires_on=date(2025, 5, 31),
    issued=ISSUED,
    leaf=sha256(b"the award of Awa").digest(),
    signatories=(Signatory("Claude Martin", DECIDER), Signatory("Noor van den Berg", DECIDER)),
)


def with_changes(facts: CertificateFacts, **changes: Any) -> CertificateFacts:
    """The facts with other values, also of the fields of their scheme."""
    of_scheme = {name: changes.pop(name) for name in Scheme.__struct_fields__ if name in changes}
    return replace(facts, scheme=replace(facts.scheme, **of_scheme), **changes)


# The same with fewer of what there are several of, for tests that alter one value after another.
BRIEF = with_changes(FACTS, scope=FACTS.scheme.scope[:2], levels=FACTS.scheme.levels[2:4])


def public_key(method: str) -> bytes | None:
    return KEY.public if method == METHOD else None
