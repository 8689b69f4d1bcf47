"""A trust root says which keys and which witnesses a verifier requires; in another form it is refused by field."""

from datetime import UTC, datetime

import msgspec
import pytest

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.policy import Policy
from ledger.signing.keys import MlDsaKey
from ledger.signing.note import ED25519, ML_DSA_44, Note, VerifierKey, sign_note
from ledger.trust import TrustRoot
from tests.support import key_of

ORIGIN = "example.org/log"
SECOND = Cosigner(ORIGIN, MlDsaKey.from_seed(bytes(32)))
NORTH = Cosigner("north.example", key_of("north"))
LOG = f"log {VerifierKey(ORIGIN, key_of('log').public)}\n"
POLICY = f"{LOG}witness north {NORTH.verifier_key}\nquorum north\n"
PLAIN = TrustRoot(ORIGIN, str(VerifierKey(ORIGIN, key_of("log").public)), "00" * 32)
FULL = msgspec.structs.replace(PLAIN, log_key_ml_dsa=str(SECOND.verifier_key), policy=POLICY)
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(32))
SIGNED = Note.parse(sign_checkpoint(CHECKPOINT, key_of("log")))


@pytest.mark.parametrize("trust", [PLAIN, FULL])
def test_a_trust_root_is_written_and_read_back(trust: TrustRoot) -> None:
    assert TrustRoot.parse(bytes(trust)) == trust
    assert Policy.parse(trust.policy_text).origin == ORIGIN


@pytest.mark.parametrize(
    ("says", "changes"),
    [
        ("log_key: expected the key of origin", {"origin": "other"}),
        ("log_key_ml_dsa: expected a key of origin", {"log_key_ml_dsa": str(Cosigner("x", SECOND.key).verifier_key)}),
        ("expected a verifier key", {"log_key_ml_dsa": PLAIN.log_key}),
        ("expected a verifier key", {"log_key": FULL.log_key_ml_dsa}),
        ("founding_leaf", {"founding_leaf": "00"}),
        (
            "policy: expected the log of origin",
            {
                "policy": LOG.replace("log ", "log ").replace(PLAIN.log_key, str(VerifierKey("o", key_of("o").public)))
                + "quorum none\n"
            },
        ),
        ("policy: line 1", {"policy": "nonsense"}),
    ],
)
def test_another_form_is_refused_by_field(says: str, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=says):
        TrustRoot.parse(bytes(msgspec.structs.replace(FULL, **changes)))


def test_the_second_signature_is_required_of_who_knows_its_key() -> None:
    assert PLAIN.opened(str(SIGNED)) == CHECKPOINT
    with pytest.raises(Unverifiable, match="no ML-DSA-44 signature"):
        FULL.opened(str(SIGNED))
    both = SIGNED.signed_too(SECOND.cosign(CHECKPOINT, 1_500_000_000))
    assert FULL.opened(str(both)) == CHECKPOINT
    assert PLAIN.opened(str(both)) == CHECKPOINT
    other = SIGNED.signed_too(SECOND.cosign(Checkpoint(ORIGIN, 8, bytes(32)), 1_500_000_000))
    with pytest.raises(Unverifiable, match="does not hold"):
        FULL.opened(str(other))


def test_since_when_a_checkpoint_stands() -> None:
    at = datetime(2017, 7, 14, 2, 40, tzinfo=UTC)
    second, north = SECOND.cosign(CHECKPOINT, 1_500_000_000), NORTH.cosign(CHECKPOINT, 1_500_000_060)
    assert PLAIN.signed_at(str(SIGNED.signed_too(second, north))) is None
    assert FULL.signed_at(str(SIGNED)) is None
    assert FULL.signed_at(str(SIGNED.signed_too(second))) == at
    assert FULL.signed_at(str(SIGNED.signed_too(second, north))) == datetime(2017, 7, 14, 2, 41, tzinfo=UTC)
    assert PLAIN.witnesses.asks is False


def test_a_trust_root_names_each_field_once() -> None:
    twice = bytes(PLAIN).replace(b'"origin"', b'"origin": "other", "origin"', 1)
    with pytest.raises(ValueError, match="trust root: a name is given twice"):
        TrustRoot.parse(twice)


def test_the_policy_names_every_key_of_the_log() -> None:
    """L1: with or without a policy of the operator, which may name the log itself."""
    first, second = LOG, f"log {SECOND.verifier_key}\n"
    assert PLAIN.policy_text == f"{first}quorum none\n"
    assert FULL.policy_text == f"{second}{POLICY}"
    bare = msgspec.structs.replace(FULL, policy=POLICY.removeprefix(LOG))
    assert bare.policy_text == f"{first}{second}{bare.policy}"
    assert {key.kind for key in Policy.parse(bare.policy_text).logs} == {ED25519, ML_DSA_44}


def test_a_checkpoint_of_ours_has_no_extension_lines() -> None:
    """What a log of this program publishes has none, and ML-DSA-44 would leave them unsigned."""
    extended = sign_note(f"{CHECKPOINT}more\n", ORIGIN, key_of("log"))
    for note, trust in (
        (extended, PLAIN),
        (str(Note.parse(extended).signed_too(SECOND.cosign(CHECKPOINT, 1_500_000_000))), FULL),
    ):
        with pytest.raises(Unverifiable, match="without extension lines"):
            trust.opened(note)
