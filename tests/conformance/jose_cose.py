"""Our tokens behind the command line of W3C's vc-jose-cose-test-suite, for tests only.

``python -m tests.conformance.jose_cose`` issues or verifies a credential, as a JWS, and writes what came of it.
"""

import argparse
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.domain.record import PublicKey
from ledger.errors import Unverifiable
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.proofs import vc_jwt
from projections.credentials.proofs.data_model import require_credential
from tests.conformance.vc_jose import TYPE, verify_secured

FEATURE = "credential_jose"
CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def key_in(method: dict[str, Any]) -> tuple[str, LocalKey]:
    """The name and the key in a verification method of the suite. Raises ValueError for a kind that is unknown here."""
    jwk = method["secretKeyJwk"]
    secret = urlsafe_b64decode(jwk["d"] + "=" * (-len(jwk["d"]) % 4))
    if jwk["crv"] == "Ed25519":
        return jwk["kid"], LocalKey(Ed25519PrivateKey.from_private_bytes(secret))
    return jwk["kid"], LocalKey(ec.derive_private_key(int.from_bytes(secret, "big"), CURVES[jwk["crv"]]))


def answer(function: str, given: bytes, method: dict[str, Any]) -> str:
    """The token that is issued, or the credential that is verified. Raises ``Unverifiable`` or ValueError."""
    kid, key = key_in(method)
    if function == "issue":
        document = msgspec.json.decode(given, type=dict[str, Any])
        require_credential(document)
        return vc_jwt.sign(document, key, kid, TYPE)
    trusted = {kid: PublicKey(key.algorithm, key.public)}
    return msgspec.json.encode(verify_secured(given.decode().strip(), trusted.get, datetime.now(UTC))).decode()


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("function", choices=["issue", "verify"])
    for name in ("--input", "--key", "--output"):
        arguments.add_argument(name, type=Path, required=True)
    arguments.add_argument("--feature", choices=[FEATURE], required=True)
    asked = arguments.parse_args()
    try:
        data = answer(asked.function, asked.input.read_bytes(), msgspec.json.decode(asked.key.read_bytes()))
    except (Unverifiable, ValueError) as error:
        result = {"result": "failure", "data": str(error)}
    else:
        result = {"result": "success", "data": data}
    asked.output.write_bytes(msgspec.json.encode(result))


if __name__ == "__main__":
    main()
