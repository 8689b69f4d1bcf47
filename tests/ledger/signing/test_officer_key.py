"""How long a signature by an officer's key is, and that one of that length holds."""

import pytest

from ledger.domain.record import PublicKey
from ledger.signing.officer_key import lengths, verify
from ledger.signing.passkeys import MAX_SIG_BYTES, MIN_SIG_BYTES
from tests.passkeys import SoftKey
from tests.scenario import ORIGIN, key_of


def test_a_signature_by_a_key_file_has_one_length_and_holds() -> None:
    key = key_of("registrar")
    public, signature = PublicKey("Ed25519", key.public), key.sign(b"message")
    assert lengths(public) == (len(signature), len(signature))
    assert verify(public, b"message", signature)
    assert not verify(public, b"another", signature)


@pytest.mark.parametrize("algorithm", ["ES256", "Ed25519"])
def test_a_signature_by_a_passkey_has_a_length_in_between(algorithm: str) -> None:
    key = SoftKey("registrar", algorithm=algorithm)
    (signature,) = key.sign(ORIGIN, [b"message"])
    assert lengths(key.key) == (MIN_SIG_BYTES, MAX_SIG_BYTES)
    assert MIN_SIG_BYTES <= len(signature.sig) <= MAX_SIG_BYTES
