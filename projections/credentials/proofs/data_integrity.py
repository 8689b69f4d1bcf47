"""Proofs inside a document: eddsa-rdfc-2022 and eddsa-jcs-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0).

An Ed25519 signature over two hashes: of the proof's options first, then of the document without its proof. The suites
differ in how both become bytes: canonical N-Quads, or canonical JSON (RFC 8785). Of several proofs every one must
hold; one that names earlier proofs (``previousProof``) signs them as well.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from ledger.errors import Unverifiable
from ledger.signing import keys
from ledger.signing.canonical import encode_untyped
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.proofs import multikey
from projections.credentials.proofs.data_model import date_time_stamp
from projections.credentials.proofs.json_ld import PACKAGED, Contexts

RDFC, JCS = "eddsa-rdfc-2022", "eddsa-jcs-2022"
PROOF_TYPE = "DataIntegrityProof"
SIGNATURE_BYTES = 64
OPTIONS = {"id", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "challenge", "domain", "nonce"}
PREVIOUS = "previousProof"
MAX_PROOFS = 8  # each costs the canonical form of the whole document

ProofPurpose = Literal["assertionMethod", "authentication"]


def sign(
    document: dict[str, Any],
    key: IssuerKey,
    verification_method: str,
    created: datetime,
    contexts: Contexts = PACKAGED,
) -> dict[str, Any]:
    """The document with its proof by eddsa-rdfc-2022 at the end. ``created`` is aware UTC, in whole seconds.

    Raises ValueError when the key is not Ed25519 or the document has a proof already, ``Unverifiable`` when part of
    the document would not be signed.
    """
    if "proof" in document:
        raise ValueError("the document has a proof already")
    options = {
        "type": PROOF_TYPE,
        "cryptosuite": RDFC,
        "created": timestamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    return document | {"proof": prove(document, options, key, contexts)}


def prove(
    document: Mapping[str, Any], options: Mapping[str, Any], key: IssuerKey, contexts: Contexts = PACKAGED
) -> dict[str, Any]:
    """The proof with these options, ``proofValue`` last. Raises ValueError when the key is not Ed25519."""
    if key.algorithm != "Ed25519":
        raise ValueError(f"{key.algorithm}: these cryptosuites sign with Ed25519")
    signature = key.sign(hashes(document, options, contexts))
    return {**options, "proofValue": multikey.encode(signature)}


def verify_proof(
    document: Mapping[str, Any],
    public_key: Callable[[str], bytes | None],
    purpose: ProofPurpose = "assertionMethod",
    contexts: Contexts = PACKAGED,
) -> str:
    """The verification method of the first proof, for a caller who knows only the keys of one signer.

    Every proof must hold: see :func:`verify_proofs`.
    """
    return verify_proofs(document, public_key, purpose, contexts)[0]


def verify_proofs(
    document: Mapping[str, Any],
    public_key: Callable[[str], bytes | None],
    purpose: ProofPurpose = "assertionMethod",
    contexts: Contexts = PACKAGED,
) -> list[str]:
    """The verification method of each proof, all of which hold; ``public_key`` returns its raw key (32 bytes) or None.

    The caller decides whether one of those methods may speak for the issuer or holder, and checks dates, status,
    challenge and domain. Raises ``Unverifiable``: proof-missing, proof-malformed, proof-unsupported, proof-purpose,
    proof-key-unknown, proof-invalid, or what canonicalising refuses (see ``Contexts.canonical``; json-malformed).
    """
    # 1. Proofs whose every option is understood.
    proofs = proofs_of(document)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    for proof in proofs:
        _require_understood(proof, document)
        # 2. Made for this purpose.
        if proof["proofPurpose"] != purpose:
            raise Unverifiable("proof-purpose", f"the proof is not made for {purpose}")
        # 3. By a key that is known.
        method = proof["verificationMethod"]
        public = public_key(method)
        if public is None:
            raise Unverifiable("proof-key-unknown", f"{method[:200]}: not a key that is known")
        # 4. Over exactly this document, the proofs that it names, and these options (Data Integrity 1.0, 4.5).
        earlier = _named(proof, proofs)
        signed = {**unsecured, "proof": earlier} if earlier else unsecured
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        if not keys.verify_ed25519(public, hashes(signed, options, contexts), _signature(proof["proofValue"])):
            raise Unverifiable("proof-invalid", "the signature of the proof does not hold")
    return [proof["verificationMethod"] for proof in proofs]


def proofs_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The proofs in a document, unverified. Raises ``Unverifiable`` (proof-missing, proof-unsupported)."""
    found = document.get("proof")
    if found is None:
        raise Unverifiable("proof-missing", "the document carries no proof")
    proofs = _listed(found)
    if not all(isinstance(proof, dict) for proof in proofs) or not 0 < len(proofs) <= MAX_PROOFS:
        raise Unverifiable("proof-unsupported", f"expected a proof, or a list of at most {MAX_PROOFS}")
    return proofs


def hashes(document: Mapping[str, Any], options: Mapping[str, Any], contexts: Contexts = PACKAGED) -> bytes:
    """The signed bytes (3.2.4 and 3.3.4, Hashing): 32 for the options, then 32 for the document without its proof.

    Raises ``Unverifiable`` when either has no canonical form.
    """
    if options["cryptosuite"] == RDFC:
        # 3.2.5: the contexts of the document apply to the options.
        of_options = contexts.canonical({"@context": document.get("@context", []), **options})
        of_document = contexts.canonical(document)
    else:
        try:
            of_options, of_document = encode_untyped(dict(options)), encode_untyped(dict(document))
        except (ValueError, RecursionError) as error:
            raise Unverifiable("json-malformed", f"no canonical JSON: {error}") from None
    return sha256(of_options).digest() + sha256(of_document).digest()


def timestamp(moment: datetime) -> str:
    """RFC 3339, in UTC and whole seconds: 2026-03-09T14:00:00Z. Raises ValueError for another moment."""
    if moment.utcoffset() != UTC.utcoffset(None) or moment.microsecond:
        raise ValueError(f"{moment}: expected UTC, in whole seconds")
    return moment.isoformat().removesuffix("+00:00") + "Z"


def _named(proof: Mapping[str, Any], proofs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The proofs that a proof comes after."""
    found = [[other for other in proofs if other.get("id") == name] for name in _listed(proof.get(PREVIOUS, []))]
    if not all(len(one) == 1 for one in found):
        raise _malformed(f"{PREVIOUS}: expected the id of one proof of the document")
    return [one for (one,) in found]


def _require_understood(proof: dict[str, Any], document: Mapping[str, Any]) -> None:
    if proof.get("type") != PROOF_TYPE or proof.get("cryptosuite") not in (RDFC, JCS):
        raise Unverifiable("proof-unsupported", f"expected a {PROOF_TYPE} by {RDFC} or {JCS}")
    texts = {name: value for name, value in proof.items() if name not in ("@context", PREVIOUS)}
    if not all(isinstance(value, str) for value in (*texts.values(), *_listed(proof.get(PREVIOUS, [])))):
        raise _malformed("expected texts")
    if missing := {"verificationMethod", "proofPurpose", "proofValue"} - texts.keys():
        raise _malformed(f"{', '.join(sorted(missing))} missing")
    if unknown := texts.keys() - OPTIONS - {"proofValue"}:  # expires would have to be obeyed
        raise Unverifiable("proof-unsupported", f"{', '.join(sorted(unknown))[:200]}: not understood in a proof")
    if "created" in proof:
        try:
            date_time_stamp(proof["created"])
        except ValueError as error:
            raise _malformed(f"created: {error}") from None
    # 3.3.2: the document's contexts begin with those of the proof; here both lists are equal.
    if "@context" in proof and (proof["cryptosuite"] == RDFC or proof["@context"] != document.get("@context")):
        raise _malformed("its @context is not that of the document")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _signature(text: str) -> bytes:
    try:
        signature = multikey.decode(text)
    except ValueError as error:
        raise _malformed(f"proofValue: {error}") from None
    if len(signature) != SIGNATURE_BYTES:
        raise _malformed(f"proofValue: expected {SIGNATURE_BYTES} bytes")
    return signature


def _malformed(why: str) -> Unverifiable:
    return Unverifiable("proof-malformed", f"the proof is malformed: {why}")
