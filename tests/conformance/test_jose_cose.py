"""The command line for vc-jose-cose-test-suite: what it issues it verifies, and it says why it does not."""

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conformance.jose_cose import CURVES, FEATURE, answer
from tests.projections.credentials.proofs.test_data_model import credential

CREDENTIAL = credential(id="urn:c", validFrom="2022-06-03T12:00:00Z")


def method(curve: str) -> dict[str, Any]:
    if curve == "Ed25519":
        secret = Ed25519PrivateKey.generate().private_bytes_raw()
    else:
        number = ec.generate_private_key(CURVES[curve]).private_numbers().private_value
        secret = number.to_bytes((CURVES[curve].key_size + 7) // 8, "big")
    return {"secretKeyJwk": {"crv": curve, "d": base64.urlsafe_b64encode(secret).decode().rstrip("="), "kid": curve}}


def test_what_it_issues_it_verifies(tmp_path: Path) -> None:
    given, key = tmp_path / "credential", tmp_path / "key"
    given.write_bytes(msgspec.json.encode(CREDENTIAL))
    key.write_bytes(msgspec.json.encode(method("P-256")))

    def run(function: str, source: Path) -> dict[str, str]:
        module = (sys.executable, "-m", "tests.conformance.jose_cose", function)
        options = ("--input", source, "--key", key, "--feature", FEATURE, "--output", tmp_path / "answer")
        subprocess.run([*module, *options], check=True, cwd=Path(__file__).parents[2])
        return msgspec.json.decode((tmp_path / "answer").read_bytes(), type=dict[str, str])

    issued = run("issue", given)
    assert issued["result"] == "success"
    token = tmp_path / "token"
    token.write_text(issued["data"])
    verified = run("verify", token)
    assert (verified["result"], msgspec.json.decode(verified["data"])) == ("success", CREDENTIAL)
    token.write_text(issued["data"][:-2])
    assert run("verify", token)["result"] == "failure"
    assert run("verify", given)["result"] == "failure"


@pytest.mark.parametrize("curve", ["P-384", "P-521", "Ed25519"])
def test_the_body_signs_tokens_with_p256_only(curve: str) -> None:
    with pytest.raises(ValueError, match="P-256"):
        answer("issue", msgspec.json.encode(CREDENTIAL), method(curve))
