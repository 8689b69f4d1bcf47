"""Data model: what is a credential or a presentation, and one fault at a time with the property that it is in."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from hashlib import sha256, sha384, sha512
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from projections.credentials.forms import open_badge
from projections.credentials.proofs import multikey
from projections.credentials.proofs.data_model import (
    date_time_stamp,
    party,
    require_credential,
    require_presentation,
)
from projections.credentials.proofs.json_ld import CREDENTIALS, packaged
from projections.credentials.status.status_list import StatusList
from tests.projections.credentials.certified import FACTS, ISSUED, ISSUER, STATUS

Document = dict[str, Any]
CONTENT = packaged(CREDENTIALS) or b""
SRI = "sha384-" + b64encode(sha384(CONTENT).digest()).decode()
MULTIHASH = b"\x12\x20" + sha256(CONTENT).digest()
BASE64URL = "u" + urlsafe_b64encode(MULTIHASH).decode().rstrip("=")


def credential(**more: Any) -> Document:
    return {
        "@context": [CREDENTIALS],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:pca.example",
        "credentialSubject": {"id": "urn:subject"},
        **more,
    }


def lacking(name: str) -> Document:
    return {key: value for key, value in credential().items() if key != name}


def presentation(*credentials: Any, **more: Any) -> Document:
    document = {"@context": [CREDENTIALS], "type": ["VerifiablePresentation"], **more}
    return document | ({"verifiableCredential": list(credentials)} if credentials else {})


def text(**more: Any) -> Document:
    return {"@value": "x", **more}


ENVELOPED = {
    "@context": CREDENTIALS,
    "id": "data:application/vc+jwt,eyJ.eyJ.x",
    "type": "EnvelopedVerifiableCredential",
}
CONFORMING = {
    "little": credential(),
    "a badge": open_badge.document(FACTS, ISSUER, STATUS),
    "a status list": StatusList(issuer=ISSUER, purpose="revocation", number=0, moment=ISSUED, head=None).document([]),
    "one type": credential(type="VerifiableCredential"),
    "more types": credential(type=["https://x.example/#T", "VerifiableCredential", "Other"]),
    "more contexts": credential(**{"@context": [CREDENTIALS, "https://x.example/", {"x": "urn:x"}]}),
    "an issuer with names": credential(issuer={"id": "urn:i", "name": "x", "description": text(**{"@language": "en"})}),
    "several subjects": credential(credentialSubject=[{"id": "urn:a"}, {"name": "b"}]),
    "names": credential(name=[text(**{"@language": "ar", "@direction": "rtl"}), text(**{"@language": "fr-BE"})]),
    "a fraction and an offset": credential(validFrom="2023-02-25T19:10:39.1234567-06:00"),
    "a period": credential(validFrom="2023-02-25T19:10:39+01:00", validUntil="2023-02-25T18:10:39Z"),
    "a status without id": credential(credentialStatus={"type": "x"}),
    "two of each": credential(
        credentialStatus=[{"type": "x"}, {"type": "x", "id": "urn:s"}],
        credentialSchema=[{"type": "x", "id": "urn:s"}] * 2,
        refreshService=[{"type": "x"}] * 2,
        termsOfUse=[{"type": "x"}] * 2,
        evidence=[{"type": ["x", "urn:y"]}] * 2,
    ),
    "a resource": credential(relatedResource={"id": "https://x.example/", "digestSRI": "sha384-x"}),
    "a resource that is held": credential(relatedResource=[{"id": CREDENTIALS, "digestSRI": SRI, "mediaType": "x/y"}]),
    "the strongest of digests": credential(
        relatedResource={"id": CREDENTIALS, "digestSRI": f"sha256-AAAA md5-x {SRI}?x"}
    ),
    "a multihash": credential(relatedResource={"id": CREDENTIALS, "digestMultibase": BASE64URL}),
    "a multihash in base58": credential(
        relatedResource={"id": CREDENTIALS, "digestMultibase": multikey.encode(MULTIHASH)}
    ),
    "a longer multihash": credential(
        relatedResource={"id": CREDENTIALS, "digestMultibase": multikey.encode(b"\x13\x40" + sha512(CONTENT).digest())}
    ),
}


@pytest.mark.parametrize("name", CONFORMING)
def test_what_conforms_is_accepted(name: str) -> None:
    require_credential(CONFORMING[name])
    assert require_presentation(presentation(CONFORMING[name])) == [CONFORMING[name]]


def each(name: str, *values: Any, at: str = "") -> list[tuple[str, Document]]:
    """A credential with each of the values as that property; the fault is there, or at another place."""
    return [(at or name, credential(**{name: value})) for value in values]


NOT_URLS: list[Any] = [None, 5, "", "not-a-url", "https ://x", "urn:", "urn:a b", ["urn:a"]]
MOMENTS: list[Any] = [
    *(None, 5, "", "Sat 25 Feb 2023 07:16:31 PM CST", "2023-02-25", "2023-02-25T19:10:39", "2023-02-30T19:10:39Z"),
    *("2023-02-25T19:10Z", "2023-02-25 19:10:39Z", "2023-02-25T19:10:39z", "2023-02-25T19:10:39+25:00"),
]
TYPED = ("credentialStatus", "credentialSchema", "refreshService", "termsOfUse", "evidence")
TEXTS: list[Any] = [
    *(5, None, [], {}, {"@value": 5}, text(url="x"), text(**{"@language": 5}), text(**{"@language": "e n"})),
    *(text(**{"@direction": "up"}), text(**{"@direction": ["ltr"]})),
]
FAULTS: list[tuple[str, Document]] = [
    *((name, lacking(name)) for name in ("@context", "type", "issuer", "credentialSubject")),
    *each("@context", CREDENTIALS, [], {}, ["https://x.example/", CREDENTIALS], [{"x": "urn:x"}, CREDENTIALS]),
    *each("@context", [CREDENTIALS, "https ://x"], [CREDENTIALS, 5], [CREDENTIALS, None]),
    *each("type", None, [], "Other", ["Other"], ["VerifiableCredential", 5], ["VerifiableCredential", ""]),
    *each("type", ["VerifiableCredential", "a b"], ["VerifiableCredential", "https ://x"]),
    *each("id", *NOT_URLS, {"id": "urn:a"}),
    *each("issuer", *NOT_URLS, {"name": "x"}, *({"id": value} for value in NOT_URLS)),
    *each("credentialSubject", None, [], {}, "urn:s", 5),
    *each("credentialSubject", [{"id": "urn:a"}, {}], at="credentialSubject[1]"),
    *each("credentialSubject", {"id": ["urn:a", "urn:b"]}, at="credentialSubject.id"),
    *each("validFrom", *MOMENTS),
    *each("validUntil", *MOMENTS),
    ("validUntil", credential(validFrom="2023-02-25T19:10:39Z", validUntil="2023-02-25T20:10:38+01:00")),
    *(fault for name in TYPED for fault in each(name, {"id": "urn:x"}, {"type": 2}, at=f"{name}.type")),
    *(fault for name in TYPED for fault in each(name, "x", [], None)),
    *each("credentialStatus", {"type": "x", "id": ["urn:a", "urn:b"]}, at="credentialStatus.id"),
    *each("credentialStatus", [{"type": "x"}, {"type": "x", "id": "x"}], at="credentialStatus[1].id"),
    *each("credentialSchema", {"type": "x"}, {"type": "x", "id": 5}, at="credentialSchema.id"),
    *each("name", *TEXTS),
    *each("description", *TEXTS),
    *each("issuer", {"id": "urn:i", "name": text(more="x")}, at="issuer.name"),
    *each("issuer", {"id": "urn:i", "description": 5}, at="issuer.description"),
    *each("relatedResource", ["https://x.example/"], at="relatedResource[0]"),
    *each("relatedResource", {"digestSRI": SRI}, at="relatedResource.id"),
    *each("relatedResource", [{"id": "urn:x", "digestSRI": SRI}] * 2, at="relatedResource[1].id"),
    *each("relatedResource", {"id": CREDENTIALS}, {"id": CREDENTIALS, "digestSRI": 5}),
]


@pytest.mark.parametrize(("name", "document"), FAULTS, ids=[f"{n}-{name}" for n, (name, _) in enumerate(FAULTS)])
def test_a_fault_is_refused_by_its_property(name: str, document: Document) -> None:
    for require in (require_credential, lambda found: require_presentation(presentation(found))):
        with pytest.raises(Unverifiable) as refused:
            require(document)
        assert refused.value.code == "credential-malformed"
        assert str(refused.value).startswith((f"{name}: ", f"{name}["))


@pytest.mark.parametrize(
    "digest",
    [
        {"digestSRI": "sha384-" + b64encode(bytes(48)).decode()},
        {"digestSRI": f"{SRI} sha512-AAAA"},  # the strongest counts
        {"digestSRI": "md5-x"},
        {"digestSRI": SRI.replace("+", "-")[:-1] + "!"},
        {"digestMultibase": "u" + urlsafe_b64encode(b"\x12\x20" + bytes(32)).decode().rstrip("=")},
        {"digestMultibase": "u" + urlsafe_b64encode(sha256(CONTENT).digest()).decode().rstrip("=")},  # no multihash
        {"digestMultibase": "u!"},
        {"digestMultibase": "x"},
        {"digestMultibase": ""},
        {"digestSRI": SRI, "digestMultibase": "zz"},
    ],
)
def test_the_digest_of_what_is_held_is_compared(digest: Document) -> None:
    document = credential(relatedResource={"id": CREDENTIALS, **digest})
    with pytest.raises(Unverifiable) as refused:
        require_credential(document)
    assert refused.value.code == "credential-resource"
    require_credential(document, held=lambda _: None)


def test_a_presentation_may_name_its_holder_and_hold_credentials() -> None:
    assert require_presentation(presentation()) == []
    for holder in ("did:key:x", {"id": "did:key:x", "name": "x"}):
        assert require_presentation(presentation(holder=holder, id="urn:p", termsOfUse={"type": "x"})) == []
    assert require_presentation(presentation(credential(), ENVELOPED)) == [credential()]
    assert require_presentation(presentation() | {"verifiableCredential": credential()}) == [credential()]


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("@context", presentation(**{"@context": [{"x": "urn:x"}, CREDENTIALS]})),
        ("type", presentation(type=["VerifiableCredential"])),
        ("type", presentation(type=[])),
        ("id", presentation(id=5)),
        ("holder", presentation(holder=None)),
        ("holder", presentation(holder={"name": "x"})),
        ("termsOfUse", presentation(termsOfUse={})),
        ("verifiableCredential", presentation() | {"verifiableCredential": None}),
        ("verifiableCredential", presentation() | {"verifiableCredential": []}),
        ("verifiableCredential[0]", presentation(5)),
        ("verifiableCredential[0]", presentation("urn:c")),
        ("verifiableCredential[0]", presentation(None)),
        ("verifiableCredential[0]", presentation(ENVELOPED | {"@context": []})),
        ("verifiableCredential[0]", presentation(ENVELOPED | {"type": [ENVELOPED["type"], "VerifiableCredential"]})),
        ("verifiableCredential[0].id", presentation(ENVELOPED | {"id": "eyJ.eyJ.x"})),
        ("verifiableCredential[0].id", presentation(ENVELOPED | {"id": "data:,x"})),
        ("verifiableCredential[0].id", presentation({k: v for k, v in ENVELOPED.items() if k != "id"})),
    ],
)
def test_a_presentation_with_a_fault_is_refused_by_its_property(name: str, document: Document) -> None:
    with pytest.raises(Unverifiable) as refused:
        require_presentation(document)
    assert refused.value.code == "credential-malformed"
    assert str(refused.value).startswith((f"{name}: ", f"{name}.", f"{name}["))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["urn:x", CREDENTIALS, "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "@value", "@language", "digestSRI", "name"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("require", [require_credential, require_presentation])
@given(st.data())
def test_any_json_is_accepted_or_refused(require: Callable[[Document], object], data: st.DataObject) -> None:
    document = credential(type=["VerifiableCredential", "VerifiablePresentation"])
    names = [*document, "id", "holder", "name", "validFrom", "credentialStatus", "evidence", "relatedResource"]
    for name in data.draw(st.lists(st.sampled_from([*names, "verifiableCredential"]), max_size=3)):
        document[name] = data.draw(JSON)
    try:
        require(document)
    except Unverifiable as error:
        assert error.code in ("credential-malformed", "credential-resource")  # noqa: PT017 - what else is raised fails


def test_a_party_is_named_by_its_address() -> None:
    assert party("urn:x") == party({"id": "urn:x", "name": "y"}) == "urn:x"
    assert party(None) == party({}) == party({"id": 5}) == ""


@given(st.datetimes(), st.integers(-840, 840))
def test_a_moment_is_read_as_it_is_written(moment: datetime, minutes: int) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert date_time_stamp(there.isoformat()) == there
