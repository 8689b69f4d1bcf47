"""What a credential and a presentation must state and how (W3C Verifiable Credentials Data Model 2.0, 4 and 5).

A signature says that nothing was changed; this says that what was signed is a credential at all. Nothing is fetched: of
a related resource the digest is compared where its content is held here.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256, sha384, sha512
from typing import Any

from ledger.errors import Unverifiable
from projections.credentials.proofs import multikey
from projections.credentials.proofs.json_ld import CREDENTIALS, packaged

CREDENTIAL, PRESENTATION = "VerifiableCredential", "VerifiablePresentation"
ENVELOPED = "EnvelopedVerifiableCredential"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f]+")
_DATA_URL = re.compile(r"data:application/[a-z0-9.+-]+(;[^,]*)?,.+", re.DOTALL)
_TYPE = re.compile(r"[^\s:]+")  # a term; what it means is said by a context
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # XML Schema 1.1: dateTimeStamp
_ALGORITHMS = {"sha256": sha256, "sha384": sha384, "sha512": sha512}
_MULTIHASH = {b"\x12\x20": sha256, b"\x20\x30": sha384, b"\x13\x40": sha512}  # code and length, before the digest
# Properties whose objects say their type, and whether they must have an id as well.
_TYPED = {
    "credentialStatus": False,
    "credentialSchema": True,
    "refreshService": False,
    "termsOfUse": False,
    "evidence": False,
}

Held = Callable[[str], bytes | None]


def require_credential(document: Mapping[str, Any], held: Held = packaged) -> None:
    """Require a credential. Raises ``Unverifiable`` (credential-malformed) naming the property and what was expected.

    ``held`` returns the content of a resource by its address, or None.
    """
    _require_context(document)
    _require_types(document, CREDENTIAL)
    _require_id(document, "id")
    _require_texts(document, "")
    _require_party(document, "issuer")
    for name, subject in _objects(document, "credentialSubject"):
        if not subject:
            raise _malformed(name, "expected a claim")
        _require_id(subject, "id", name)
    _require_period(document)
    for name in _TYPED:
        if name in document:
            _require_typed(document, name)
    if "relatedResource" in document:
        _require_resources(document, held)


def require_presentation(document: Mapping[str, Any], held: Held = packaged) -> list[Mapping[str, Any]]:
    """Require a presentation. Returns the credentials in it, without those in envelopes. Raises as the above."""
    _require_context(document)
    _require_types(document, PRESENTATION)
    _require_id(document, "id")
    if "holder" in document:
        _require_party(document, "holder")
    if "termsOfUse" in document:
        _require_typed(document, "termsOfUse")
    credentials = []
    for name, credential in _objects(document, "verifiableCredential") if "verifiableCredential" in document else ():
        if ENVELOPED in _listed(credential.get("type")):
            _require_envelope(credential, name)
        else:
            require_credential(credential, held)
            credentials.append(credential)
    return credentials


def party(value: Any) -> str:
    """The id of an issuer or a holder, which is a URL or an object with one; empty when it has none."""
    named = value.get("id") if isinstance(value, Mapping) else value
    return named if isinstance(named, str) else ""


def date_time_stamp(text: Any) -> datetime:
    """An XML Schema dateTimeStamp, which has a zone, as an aware datetime. Raises ValueError."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("expected a date and time with a zone, such as 2026-03-09T14:00:00Z")
    return datetime.fromisoformat(text)


def _require_context(document: Mapping[str, Any]) -> None:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS]:
        raise _malformed("@context", f"expected a list that begins with {CREDENTIALS}")
    if not all(isinstance(one, Mapping) or _is_url(one) for one in contexts):
        raise _malformed("@context", "expected addresses and objects")


def _require_types(document: Mapping[str, Any], wanted: str | None, name: str = "type") -> None:
    kinds = _listed(document.get("type"))
    if not kinds or not all(isinstance(k, str) and (_TYPE.fullmatch(k) or _is_url(k)) for k in kinds):
        raise _malformed(name, "expected terms or absolute addresses")
    if wanted is not None and wanted not in kinds:
        raise _malformed(name, f"expected {wanted} among them")


def _require_id(document: Mapping[str, Any], name: str, within: str = "") -> None:
    if name in document and not _is_url(document[name]):
        raise _malformed(f"{within}.{name}" if within else name, "expected one absolute address")


def _require_party(document: Mapping[str, Any], name: str) -> None:
    value = document.get(name)
    if not _is_url(party(value)):
        raise _malformed(name, "expected an absolute address, or an object whose id is one")
    if isinstance(value, Mapping):
        _require_texts(value, f"{name}.")


def _require_period(document: Mapping[str, Any]) -> None:
    moments = []
    for name in ("validFrom", "validUntil"):
        if name in document:
            try:
                moments.append(date_time_stamp(document[name]))
            except ValueError as error:
                raise _malformed(name, str(error)) from None
    if moments != sorted(moments):
        raise _malformed("validUntil", "expected no earlier moment than validFrom")


def _require_typed(document: Mapping[str, Any], name: str) -> None:
    for place, value in _objects(document, name):
        _require_types(value, None, f"{place}.type")
        if _TYPED[name] and "id" not in value:
            raise _malformed(f"{place}.id", "expected one absolute address")
        _require_id(value, "id", place)


def _require_texts(document: Mapping[str, Any], within: str) -> None:
    """11.1: a text, or one or several objects with a text, its language and its direction."""
    for name in ("name", "description"):
        if isinstance(document.get(name, ""), str):
            continue
        for place, text in _objects(document, name, within):
            language, direction = text.get("@language", "en"), text.get("@direction", "ltr")
            is_text = isinstance(text.get("@value"), str) and text.keys() <= {"@value", "@language", "@direction"}
            is_tag = isinstance(language, str) and _LANGUAGE_TAG.fullmatch(language)
            if not is_text or not is_tag or direction not in ("ltr", "rtl"):
                raise _malformed(place, "expected a text, or @value with @language and @direction")


def _require_envelope(document: Mapping[str, Any], name: str) -> None:
    """4.12.1: a credential that is secured as a whole, inside a data: address."""
    if CREDENTIALS not in _listed(document.get("@context")) or _listed(document["type"]) != [ENVELOPED]:
        raise _malformed(name, f"expected {ENVELOPED} by {CREDENTIALS}")
    if not isinstance(document.get("id"), str) or not _DATA_URL.fullmatch(document["id"]):
        raise _malformed(f"{name}.id", "expected a data: address of a secured credential")


def _require_resources(document: Mapping[str, Any], held: Held) -> None:
    """5.3: what the credential relies on, each once and with a digest of its content."""
    seen = set()
    for name, resource in _objects(document, "relatedResource"):
        if not _is_url(resource.get("id")) or resource["id"] in seen:
            raise _malformed(f"{name}.id", "expected an absolute address, each once")
        seen.add(resource["id"])
        digests = {kind: resource[kind] for kind in ("digestSRI", "digestMultibase") if kind in resource}
        if not digests or not all(isinstance(digest, str) for digest in digests.values()):
            raise _malformed(name, "expected digestSRI or digestMultibase")
        content = held(resource["id"])
        readers = {"digestSRI": _is_sri, "digestMultibase": _is_multibase}
        for kind, digest in digests.items():
            if content is not None and not readers[kind](digest, content):
                raise Unverifiable("credential-resource", f"{name}.{kind}: not the digest of {resource['id'][:200]}")


def _is_sri(text: str, content: bytes) -> bool:
    """W3C Subresource Integrity 3.5: of several digests, any by the strongest algorithm."""
    listed = [item.partition("?")[0].partition("-") for item in text.split()]
    strongest = max((kind for kind, _, _ in listed if kind in _ALGORITHMS), default=None)
    if strongest is None:
        return False
    digest = _ALGORITHMS[strongest](content).digest()
    return any(kind == strongest and _decoded(_base64, encoded) == digest for kind, _, encoded in listed)


def _is_multibase(text: str, content: bytes) -> bool:
    """A multihash in base58btc or base64url (Controlled Identifiers 1.0, 2.4 and 2.5)."""
    raw = _decoded(_base64url if text.startswith("u") else multikey.decode, text)
    algorithm = _MULTIHASH.get(raw[:2])
    return algorithm is not None and algorithm(content).digest() == raw[2:]


def _base64(text: str) -> bytes:
    return b64decode(text, validate=True)


def _base64url(text: str) -> bytes:
    """Multibase "u": without padding."""
    digits = text[1:]
    return b64decode(digits + "=" * (-len(digits) % 4), b"-_", validate=True)


def _decoded(decode: Callable[[str], bytes], text: str) -> bytes:
    """The bytes, or none: no digest is empty."""
    try:
        return decode(text)
    except ValueError:
        return b""


def _objects(document: Mapping[str, Any], name: str, within: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a property that has one or several, each with its place."""
    value = document.get(name)
    several = value if isinstance(value, list) and value else [value]
    for number, item in enumerate(several):
        place = f"{within}{name}[{number}]" if isinstance(value, list) else within + name
        if not isinstance(item, Mapping):
            raise _malformed(place, "expected an object")
        yield place, item


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def _malformed(name: str, why: str) -> Unverifiable:
    return Unverifiable("credential-malformed", f"{name}: {why}")
