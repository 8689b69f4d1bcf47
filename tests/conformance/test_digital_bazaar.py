"""Another party's verifier (npm, Digital Bazaar's vc) accepts what we sign, and refuses whatever was altered in it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
import pytest
from lxml import etree
from PIL import Image

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from projections.credentials import identity
from projections.credentials.forms import badge, baking, open_badge
from projections.credentials.proofs import json_ld
from projections.credentials.proofs.data_integrity import sign, verify_proof
from projections.credentials.status.status_list import StatusList
from tests.conformance.others import CONTEXTS, answer_of
from tests.projections.credentials import jose
from tests.projections.credentials.altering import altered, bytes_altered
from tests.projections.credentials.certified import BRIEF, FACTS, ISSUED, ISSUER, KEY, METHOD, STATUS, public_key

Credential = dict[str, Any]
ENROLLED = jose.keys_of(ISSUER, jose.enrolled(KEY), jose.enrolled(jose.KEY))


class Answer(msgspec.Struct, frozen=True):
    verified: bool
    error: str


BADGE = sign(open_badge.document(FACTS, ISSUER, STATUS), KEY, METHOD, ISSUED)
BRIEF_BADGE = sign(open_badge.document(BRIEF, ISSUER, STATUS), KEY, METHOD, ISSUED)
ONE_DAY = timedelta(days=1)  # the verifier looks at it less than two days later, and a list is valid for one
HEAD = Checkpoint("log.pca.example", 1234, bytes(32))
UNSIGNED = StatusList(issuer=ISSUER, purpose="revocation", number=0, moment=ISSUED + ONE_DAY, head=HEAD)
LIST = sign(UNSIGNED.document([3, 94567]), KEY, METHOD, ISSUED)


def asked(credentials: list[str]) -> list[Answer]:
    """What the other verifier says of each, JSON as text, holding our contexts and the DID document of the issuer."""
    did_document = identity.did_document(ENROLLED)
    documents = dict(CONTEXTS)
    documents[ISSUER.did] = did_document
    # What a resolver answers for the id of a method: its part of the document (DID Core 1.0, 5.2).
    for method in did_document["verificationMethod"]:
        documents[method["id"]] = {"@context": json_ld.MULTIKEY, **method}
    question = {"credentials": credentials, "documents": documents, "now": "2022-06-03T00:00:00Z"}
    return answer_of("verify.mjs", question, list[Answer])


def text(credential: Credential) -> str:
    return msgspec.json.encode(credential).decode()


@pytest.mark.parametrize("credential", [BADGE, LIST], ids=["badge", "status list"])
def test_it_accepts_what_we_sign(credential: Credential) -> None:
    assert asked([text(credential)]) == [Answer(True, "")]
    assert verify_proof(credential, public_key) == METHOD


def test_it_signs_directions_as_we_do() -> None:
    """JSON-LD 1.1 leaves them unsigned by default; both sign them as a datatype (i18n-datatype)."""
    name = {"@value": "Conseiller", "@language": "fr", "@direction": "ltr"}
    unsigned = open_badge.document(BRIEF, ISSUER, STATUS) | {"name": name}
    signed = sign(unsigned, KEY, METHOD, ISSUED)
    turned = signed | {"name": name | {"@direction": "rtl"}}
    plain = signed | {"name": {"@value": "Conseiller", "@language": "fr"}}
    answers = asked([text(signed), text(turned), text(plain)])
    assert [answer.verified for answer in answers] == [True, False, False]
    for other in (turned, plain):
        with pytest.raises(Unverifiable):
            verify_proof(other, public_key)


@pytest.mark.parametrize("credential", [BRIEF_BADGE, LIST], ids=["badge", "status list"])
def test_it_refuses_whatever_was_altered_as_we_do(credential: Credential) -> None:
    alterations = [*altered(credential), *bytes_altered(credential, every=41)]
    answers = asked([text(other) for _, other in alterations])
    ours = []
    for what, other in alterations:
        try:
            verify_proof(other, public_key)
        except Unverifiable:
            continue
        ours.append(what)
    theirs = [what for (what, _), answer in zip(alterations, answers, strict=True) if answer.verified]
    assert len(alterations) > 50
    assert ours == []
    assert theirs == []


class Picture(NamedTuple):
    """A picture with a credential in it; how others find the credential there, and how we do."""

    baked: bytes
    theirs: Callable[[bytes], str]
    ours: Callable[[bytes], str]


def text_in_png(data: bytes) -> str:
    return str(Image.open(BytesIO(data)).text["openbadgecredential"])  # type: ignore[attr-defined]  # of PNG


def text_in_svg(data: bytes) -> str:
    return str(etree.fromstring(data).findtext("{https://purl.imsglobal.org/ob/v3p0}credential"))


SIGNED = text(BRIEF_BADGE)
PICTURES = {
    "png": Picture(baking.bake_png(badge.png(BRIEF, official=True), SIGNED), text_in_png, baking.credential_in_png),
    "svg": Picture(baking.bake_svg(badge.svg(BRIEF, official=True), SIGNED), text_in_svg, baking.credential_in_svg),
}


def pictures_altered(picture: bytes, every: int) -> Iterator[bytes]:
    """The lowest bit of each byte in ``every`` of the credential turned; a PNG is whole again afterwards."""
    start = picture.index(SIGNED.encode())
    for position in range(start, start + len(SIGNED.encode()), every):
        other = bytearray(picture)
        other[position] ^= 1
        if picture.startswith(baking.PNG_SIGNATURE):
            # PNG (third edition), 5.3: length, kind, data, CRC of the latter two.
            kind = picture.index(b"iTXt")
            end = kind + 4 + int.from_bytes(picture[kind - 4 : kind], "big")
            other[end : end + 4] = crc32(other[kind:end]).to_bytes(4, "big")
        yield bytes(other)


@pytest.mark.parametrize("form", PICTURES)
def test_it_accepts_what_others_find_in_our_pictures(form: str) -> None:
    picture = PICTURES[form]
    assert picture.theirs(picture.baked) == picture.ours(picture.baked) == SIGNED
    assert asked([picture.theirs(picture.baked)]) == [Answer(True, "")]


@pytest.mark.parametrize("form", PICTURES)
def test_it_refuses_what_others_find_in_an_altered_picture_as_we_do(form: str) -> None:
    picture = PICTURES[form]
    alterations = list(pictures_altered(picture.baked, every=41))
    found = [picture.theirs(data) for data in alterations]
    assert len(found) > 50
    assert SIGNED not in found
    assert not any(answer.verified for answer in asked(found))
    for data in alterations:
        with pytest.raises((Unverifiable, msgspec.DecodeError)):
            verify_proof(msgspec.json.decode(picture.ours(data), type=Credential), public_key)
