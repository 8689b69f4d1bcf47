"""Certificate facts of a synthetic person, with issuer and keys, for the tests of tokens."""

from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import strategies as st

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.domain.states.issuer import Issuer
from ledger.store.documents import StatusIndex
from ledger.words import Words
from projections.credentials.facts import Achievement, IssuerIdentity
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from projections.credentials.keys.seal_chain import make_chain
from projections.credentials.proofs.jws import encode
from tests.projections.credentials.certified import FACTS as AWA
from tests.projections.credentials.certified import with_changes

ISSUER = IssuerIdentity(
    url="https://register.example.org",
    name=Words("Example Customs Organisation", "Organisation douanière d'exemple"),
)
KEY = LocalKey(derive_private_key(7, SECP256R1()))
OTHER = LocalKey(derive_private_key(8, SECP256R1()))
AUTHORITY = derive_private_key(9, SECP256R1())
NOT_BEFORE, NOW, NOT_AFTER = (datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2025, 2034))
CHAIN = make_chain(KEY.public, ISSUER.name.en, ISSUER.url, AUTHORITY, NOT_BEFORE, NOT_AFTER)
STATUS = StatusIndex(0, 4711)
FACTS = with_changes(
    AWA,
    number="TOA-PCA-FR-2024-01-X",
    holder="Awa Exemple",
    body=ISSUER.name,
    id="pca-advisor",
    version="2024.1",
    title=Words(
        "PCA technical and operational advisor", "Conseiller technique et opérationnel en contrôle a posteriori"
    ),
    scope=(
        Achievement(id="advice", name=Words("Advisory capacity", "Capacité de conseil"), required=3, achieved=4),
        Achievement(id="audit", name=Words("Audit", "Contrôle"), required=3),
    ),
    place="Abidjan",
    start=date(2024, 11, 4),
    end=date(2024, 11, 15),
    effective_from=date(2024, 12, 1),
    expires_on=date(2029, 11, 30),
    issued=datetime(2024, 11, 28, 9, 30, tzinfo=UTC),
)


def enrolled(key: IssuerKey, certificates: tuple[bytes, ...] = ()) -> IssuerKeyEnrolled:
    return IssuerKeyEnrolled(
        key_id=key.key_id, algorithm=key.algorithm, public_key=key.public, certificates=certificates, proof=b""
    )


def keys_of(issuer: IssuerIdentity, *keys: IssuerKeyEnrolled, ended: tuple[str, ...] = ()) -> IssuerKeys:
    return IssuerKeys(issuer, Issuer(keys={key.key_id: key for key in keys}, ended=frozenset(ended)))


def resigned(token: str, header: bytes | None = None, payload: bytes | None = None) -> str:
    """The token with another header or payload, signed by the same key, so that it has one fault only."""
    parts = token.split(".")
    parts[0] = parts[0] if header is None else encode(header)
    parts[1] = parts[1] if payload is None else encode(payload)
    signed = f"{parts[0]}.{parts[1]}"
    return f"{signed}.{encode(KEY.sign(signed.encode()))}"


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value, often with names and texts that have a meaning in our tokens."""
    texts = st.one_of(
        st.text(), st.sampled_from(["_sd", "...", "_sd_alg", "sha-256", "2024-12-01T00:00:00Z", "9999-12-31"])
    )
    leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
    return st.recursive(leaves, lambda inner: st.one_of(st.lists(inner), st.dictionaries(texts, inner)), max_leaves=8)
