"""The Python program says of every passkey what the vectors say, and writes the same bytes."""

from base64 import b64decode, b64encode
from typing import Any

import pytest

from ledger.domain.record import Accepted, Passkey, Site
from ledger.errors import Unverifiable
from ledger.signing import passkeys
from ledger.signing.keys import key_id
from ledger.signing.passkey_faults import FAULTS, LATER_VERSION
from ledger.signing.passkeys import Assertion
from tests.vectors.passkeys.cases import MADE, Case, cases, made

CASES = list(cases())
ENROLMENT_ONLY = {"passkey-attestation", "passkey-credential"}


def fault_of(case: Case) -> str | None:
    key = Passkey(case.algorithm, case.public_key, case.credential_id, case.rp_id, case.backup_eligible)
    error = passkeys.fault_of(key, Accepted(case.origin, case.sites, case.synced), case.message, case.sig)
    return None if error is None else error.code


def key_in(file: dict[str, Any]) -> Passkey:
    public, credential = b64decode(file["public_key"]), b64decode(file["credential_id"])
    return Passkey(file["algorithm"], public, credential, file["rp_id"], file["backup_eligible"])


def asserted(parts: dict[str, Any]) -> Assertion:
    return Assertion(*(b64decode(parts[name]) for name in ("authenticatorData", "clientDataJSON", "signature")))


def test_every_signature_holds_or_has_the_fault_of_its_row() -> None:
    assert {case.name: fault_of(case) for case in CASES} == {case.name: case.code for case in CASES}
    assert {case.code for case in CASES} == {None, *FAULTS} - ENROLMENT_ONLY
    assert set(LATER_VERSION) <= {case.code for case in CASES}


@pytest.mark.parametrize("name", MADE)
def test_of_each_gesture_the_challenge_and_the_signatures_are_these(name: str) -> None:
    file = made(name)
    assert file["key_id"] == key_id(key_in(file).public)
    for gesture in file["gestures"]:
        messages = [b64decode(message) for message in gesture["messages"]]
        assert b64encode(passkeys.sign_challenge(file["origin"], messages)).decode() == gesture["challenge"]
        written = passkeys.signatures_of(key_in(file), file["key_id"], asserted(gesture), file["origin"], messages)
        assert [b64encode(signature.sig).decode() for signature in written] == gesture["sig"]
        assert {signature.keyid for signature in written} == {file["key_id"]}
        with pytest.raises(Unverifiable, match="challenge"):
            passkeys.signatures_of(key_in(file), "", asserted(gesture), file["origin"], [*messages, b"one more"])


@pytest.mark.parametrize("name", MADE)
def test_each_enrolment_and_each_sign_in_is_taken(name: str) -> None:
    file = made(name)
    sites = [Site(file["rp_id"], "https://other.example"), Site(file["rp_id"], file["site"])]
    given, random = file["registration"], b64decode(file["registration"]["random"])
    challenge = passkeys.enrol_challenge(file["origin"], random)
    assert b64encode(challenge).decode() == given["challenge"]
    parts = b64decode(given["attestation_object"]), b64decode(given["clientDataJSON"])
    credential = passkeys.read_registration(*parts, challenge, sites, tuple(given["transports"]))
    assert (credential.algorithm, credential.public_key) == (file["algorithm"], b64decode(file["public_key"]))
    assert credential.credential_id == b64decode(file["credential_id"])
    assert credential.backup_eligible == credential.backed_up == file["backup_eligible"]
    assert (credential.rp_id, credential.origin) == (file["rp_id"], file["site"])

    challenge = passkeys.sign_in_challenge(file["origin"], random)
    assert b64encode(challenge).decode() == file["sign_in"]["challenge"]
    passkeys.require_sign_in(key_in(file), challenge, asserted(file["sign_in"]), sites)
    for wrong in (
        passkeys.sign_in_challenge("other.example", random),
        passkeys.enrol_challenge(file["origin"], random),
    ):
        with pytest.raises(Unverifiable, match="challenge"):
            passkeys.require_sign_in(key_in(file), wrong, asserted(file["sign_in"]), sites)
    with pytest.raises(Unverifiable, match="origin"):
        passkeys.require_sign_in(key_in(file), challenge, asserted(file["sign_in"]), sites[:1])
