"""Whatever is done to a genuine document, the check has a verdict: nothing raises, and no name reaches a log."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from api.checking.confinement import Signed, _signed
from api.checking.presented import recognise
from ledger.errors import Unverifiable
from ledger.store.bundling import assemble
from ledger.verification import verify_bundle
from ledger.words import Words
from projections.credentials.forms.catalogue import FORMS, by_name
from projections.credentials.forms.form import Form
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.proofs import data_integrity, jws
from projections.credentials.proofs.disclosures import conceal
from projections.credentials.published import IssuedDocuments
from projections.read_models import ReadModels
from tests.api.checking.test_verifying import presented, results
from tests.issued import BODY, ED25519, P256, SUBJECT
from tests.support import World

Json = Any
NAME = "Écho"  # of the holder
FORM = pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])


def nested(levels: int) -> Json:
    value: Json = 1
    for _ in range(levels):
        value = [value]
    return value


OTHERS: list[Json] = [
    None,
    [],
    {},
    True,
    0,
    -1,
    2**53 - 1,
    2**60,
    1.5,
    "",
    "x" * 100_000,
    "\0",
    "0000-00-00T00:00:00Z",
    nested(40),
    nested(100),
    {"@id": "urn:x"},
    {"@value": "x"},
    ["x", "y"],
    "1900-01-01T00:00:00",
]


def places(document: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value."""
    below = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in below:
        yield (*path, key)
        yield from places(value, (*path, key))


def replaced(document: Json, path: tuple[Any, ...], change: Any) -> Json:
    """A copy in which the value at the path is what ``change`` makes of it, or is left out if that is ``...``."""
    changed = deepcopy(document)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    value = change(holder[path[-1]])
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


def mutated(document: Json, each: int) -> Iterator[Json]:
    """Every value left out, and ``each`` others in its place, taken in turn."""
    turn = 0
    for path in places(document):
        yield replaced(document, path, lambda _: ...)
        for _ in range(each):
            yield replaced(document, path, lambda _, turn=turn: OTHERS[turn % len(OTHERS)])
            turn += 1


@pytest.fixture
def keys(issued: World) -> Iterator[IssuerKeys]:
    with ReadModels(issued.ledger) as models:
        yield IssuedDocuments(issued.ledger, models, Words(BODY, BODY), ()).keys()


def judged(form: Form, data: bytes, keys: IssuerKeys) -> Signed | None:
    """What the other process would answer; None for a refusal. Anything else is raised."""
    try:
        known = recognise(data)
        if known.form is None:
            return None
        known.form.issuer(known.text)
        signed = _signed(known.kind, known.text, keys)
    except Unverifiable:
        return None
    return msgspec.msgpack.decode(msgspec.msgpack.encode(signed), type=Signed)


def original(issued: World, number: str, form: str) -> bytes:
    document = issued.ledger.documents.get(number, form)
    assert document is not None
    return document


def test_the_genuine_are_signed(issued: World, number: str, keys: IssuerKeys) -> None:
    for form in FORMS:
        signed = judged(form, original(issued, number, form.name), keys)
        assert signed is not None
        assert signed.statement.number == number


def test_a_value_in_a_list_of_its_own_is_the_same_graph_and_has_a_verdict(
    issued: World, number: str, keys: IssuerKeys
) -> None:
    """Case R9. The signature is valid, and what is read has its types or is refused."""
    badge = json.loads(original(issued, number, "jsonld"))
    read = 0
    for path in places({name: value for name, value in badge.items() if name != "proof"}):
        signed = judged(by_name()["jsonld"], json.dumps(replaced(badge, path, lambda value: [value])).encode(), keys)
        read += signed is not None
    assert read  # the graph is the same, and nothing of it that is stated is in a list


def test_whatever_the_bodys_own_key_signs_is_read_by_its_types(issued: World, number: str, keys: IssuerKeys) -> None:
    badge = json.loads(original(issued, number, "jsonld"))
    proof = badge.pop("proof")
    for changed in mutated(badge, 1):
        try:
            document = data_integrity.sign(changed, ED25519, proof["verificationMethod"], issued.now)
        except (Unverifiable, ValueError):  # it has no canonical form
            document = {**changed, "proof": proof}
        judged(by_name()["jsonld"], json.dumps(document).encode(), keys)


def test_whatever_is_in_a_proof_is_refused_or_read(issued: World, number: str, keys: IssuerKeys) -> None:
    badge = json.loads(original(issued, number, "jsonld"))
    for proof in mutated(badge["proof"], len(OTHERS)):
        assert judged(by_name()["jsonld"], json.dumps({**badge, "proof": proof}).encode(), keys) is None


@pytest.mark.parametrize("name", ["jwt", "sd-jwt"])
def test_whatever_claims_the_bodys_own_key_signs_are_read_by_their_types(
    issued: World, number: str, keys: IssuerKeys, name: str
) -> None:
    token, tilde, shown = original(issued, number, name).decode().partition("~")
    header, payload = (json.loads(jws.decode(part)) for part in token.split(".")[:2])
    del header["alg"]
    for each, claims in enumerate(mutated(payload, 3)):
        signed = jws.sign_token(header, json.dumps(claims).encode(), P256)
        judged(by_name()[name], f"{signed}{tilde}{shown}".encode(), keys)
        if each % 7 == 0:
            judged(by_name()[name], f"{signed}{tilde}".encode(), keys)
    for other in mutated(header, len(OTHERS)):
        signed = jws.sign_token({**other, "alg": "ES256"}, json.dumps(payload).encode(), P256)
        assert judged(by_name()[name], f"{signed}{tilde}{shown}".encode(), keys) is None


def test_whatever_is_disclosed_is_read_by_its_type(issued: World, number: str, keys: IssuerKeys) -> None:
    token = original(issued, number, "sd-jwt").decode().partition("~")[0]
    header, payload = (json.loads(jws.decode(part)) for part in token.split(".")[:2])
    del header["alg"]
    for other in OTHERS:
        disclosure, digest = conceal(bytes(16), "name", other)
        signed = jws.sign_token(header, json.dumps({**payload, "_sd": [digest]}).encode(), P256)
        signed_and_shown = judged(by_name()["sd-jwt"], f"{signed}~{disclosure}~".encode(), keys)
        assert signed_and_shown is None or isinstance(other, str)


@FORM
def test_any_damage_is_refused(issued: World, number: str, keys: IssuerKeys, form: Form) -> None:
    data = original(issued, number, form.name)
    for place in range(0, len(data), max(1, len(data) // 40)):
        for damaged in (
            data[:place],
            data[:place] + b"\xff" + data[place + 1 :],
            data[:place] + data[place + 9 :],
            data[:place] + data[place : place + 99] + data[place:],
            data[:place] + b"\0" * 999 + data[place:],
        ):
            judged(form, damaged, keys)


def test_any_change_to_a_bundle_has_a_verdict(issued: World, number: str) -> None:
    bundle = json.loads(bytes(assemble(issued.ledger, SUBJECT, number)))
    bundle["statements"] = bundle["statements"][:2] + bundle["statements"][-2:]
    for changed in mutated(bundle, 3):
        data = msgspec.json.format(json.dumps(changed).encode(), indent=1) + b"\n"
        assert verify_bundle(data, issued.ledger.trust, issued.now).number is None


def test_an_identity_in_a_list_has_a_verdict_and_its_name_is_in_no_log(
    client: TestClient, issued: World, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Case R9."""
    caplog.set_level(logging.DEBUG)
    badge = json.loads(original(issued, number, "jsonld"))
    identity = badge["credentialSubject"]["identifier"][1]
    identity["identityHash"] = [identity["identityHash"]]
    assert NAME in identity["identityHash"][0]
    found = presented(client, json.dumps(badge).encode())
    assert found["verdict"] == "not-authentic"
    assert results(found)["signature"] == "failed"
    assert "credential-other" in next(c["detail_en"] for c in found["checks"] if c["code"] == "signature")
    assert NAME not in caplog.text


def test_a_fault_of_this_program_is_not_the_documents(
    client: TestClient, issued: World, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A row of the read models that another version wrote: the document is neither authentic nor false."""
    with closing(sqlite3.connect(issued.ledger.folder / "projections.db", isolation_level=None)) as other:
        other.execute('UPDATE certificates SET content_json = \'{"holder": "Écho"}\'')
    found = presented(client, original(issued, number, "jsonld"))
    assert found["verdict"] == "not-checked"
    assert results(found)["register"] == "unknown"
    assert "défaut de ce logiciel" in next(c["detail_fr"] for c in found["checks"] if c["code"] == "register")
    assert "check register: ValidationError at " in caplog.text
    assert NAME not in caplog.text
