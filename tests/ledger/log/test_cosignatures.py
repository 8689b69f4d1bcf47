"""A cosignature binds who saw which checkpoint when; a policy says whose are enough."""

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner, cosigned_at, is_cosigner_name
from ledger.log.policy import Policy
from ledger.signing.keys import MlDsaKey, verify_ml_dsa
from ledger.signing.note import COSIGNATURE, ED25519, ML_DSA_44, Note, NoteSignature, VerifierKey
from tests.support import key_of

ORIGIN = "example.org/log"
CHECKPOINT = Checkpoint(ORIGIN, 12, bytes(range(32)))
NOTE = Note.parse(sign_checkpoint(CHECKPOINT, key_of("log")))
TIME = 1_500_000_000
ML_DSA = MlDsaKey.from_seed(bytes(32))
COSIGNERS = {
    "north": Cosigner("north.example/w", key_of("north")),
    "south": Cosigner("south.example/w", key_of("south")),
    "east": Cosigner("east.example/w", ML_DSA),
}
POLICY = f"""\
# who must have seen it
log {VerifierKey(ORIGIN, key_of("log").public)} https://log.example
witness north {COSIGNERS["north"].verifier_key} https://north.example
witness south {COSIGNERS["south"].verifier_key}
witness east {COSIGNERS["east"].verifier_key} https://east.example
group pair any north south
group two 2 pair east
quorum two
"""


def cosigned(*names: str, time: int = TIME) -> Note:
    return NOTE.signed_too(*(COSIGNERS[name].cosign(CHECKPOINT, time) for name in names))


def test_an_ed25519_cosignature_is_over_the_bytes_of_the_specification() -> None:
    signature = COSIGNERS["north"].cosign(CHECKPOINT, TIME)
    root = b64encode(CHECKPOINT.root).decode()
    message = f"cosignature/v1\ntime {TIME}\n{ORIGIN}\n12\n{root}\n".encode()
    Ed25519PublicKey.from_public_bytes(key_of("north").public).verify(signature.blob[8:], message)
    assert signature.blob[:8] == TIME.to_bytes(8, "big")
    assert signature.hint == sha256(b"north.example/w\n\x04" + key_of("north").public).digest()[:4]


def test_an_ml_dsa_cosignature_is_over_the_bytes_of_the_specification() -> None:
    signature = COSIGNERS["east"].cosign(CHECKPOINT, TIME)
    message = b"subtree/v1\n\x00\x0eeast.example/w" + TIME.to_bytes(8, "big") + b"\x0fexample.org/log"
    message += bytes(8) + bytes(7) + b"\x0c" + CHECKPOINT.root
    MLDSA44PublicKey.from_public_bytes(ML_DSA.public).verify(signature.blob[8:], message)
    assert len(signature.blob) == 8 + 2420
    assert signature.hint == sha256(b"east.example/w\n\x06" + ML_DSA.public).digest()[:4]


@pytest.mark.parametrize("name", COSIGNERS)
def test_a_cosignature_tells_when_and_holds_for_this_checkpoint_only(name: str) -> None:
    key = COSIGNERS[name].verifier_key
    assert cosigned_at(cosigned(name), key) == TIME
    assert cosigned_at(NOTE, key) is None
    assert cosigned_at(cosigned(name).signed_too(COSIGNERS[name].cosign(CHECKPOINT, TIME + 5)), key) == TIME + 5
    (line,) = cosigned(name).signatures_of(key)
    later = NoteSignature(line.name, line.hint, (TIME + 1).to_bytes(8, "big") + line.blob[8:])
    other = Checkpoint(ORIGIN, 13, CHECKPOINT.root)
    cut = NoteSignature(line.name, line.hint, line.blob[:5])
    for note in (NOTE.signed_too(later), Note(str(other), (line,)), NOTE.signed_too(cut)):
        with pytest.raises(Unverifiable) as refused:
            cosigned_at(note, key)
        assert refused.value.code == "note-signature-invalid"


def test_a_key_is_of_one_kind() -> None:
    north, east = COSIGNERS["north"].verifier_key, COSIGNERS["east"].verifier_key
    assert VerifierKey.parse(str(north), COSIGNATURE) == north
    assert VerifierKey.parse(str(east), COSIGNATURE, ML_DSA_44) == east
    log = VerifierKey(ORIGIN, key_of("log").public, ED25519)
    for text, kinds in ((str(north), ()), (str(log), (COSIGNATURE,)), (str(east), (COSIGNATURE,)), ("x+00000000+", ())):
        with pytest.raises(ValueError, match="verifier key"):
            VerifierKey.parse(text, *kinds)


def test_an_ml_dsa_key_file_is_private_and_of_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    ML_DSA.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    loaded = MlDsaKey.load(path)
    assert loaded.public == ML_DSA.public
    assert verify_ml_dsa(ML_DSA.public, b"m", loaded.sign(b"m"))
    assert not verify_ml_dsa(ML_DSA.public, b"n", loaded.sign(b"m"))
    assert not verify_ml_dsa(b"short", b"n", b"")
    assert len(MlDsaKey.generate().public) == 1312
    key_of("log").save(tmp_path / "ed.key")
    (tmp_path / "none.key").write_bytes(b"none")
    for name in ("ed.key", "none.key"):
        with pytest.raises(ValueError, match="expected an ML-DSA-44"):
            MlDsaKey.load(tmp_path / name)


@pytest.mark.parametrize(
    ("names", "met"),
    [("", False), ("north", False), ("east", False), ("north south", False), ("north east", True), ("south east", True),
     ("north south east", True)],
)  # fmt: skip
def test_a_quorum_counts_groups_of_groups(names: str, met: bool) -> None:
    policy = Policy.parse(POLICY)
    assert policy.is_met_by(set(names.split())) is met
    note = str(cosigned(*names.split()))
    assert (policy.witnessed(note) is not None) is met
    if met:
        assert policy.require(note) == policy.witnessed(note)
    else:
        with pytest.raises(Unverifiable, match="quorum two"):
            policy.require(note)


def test_a_checkpoint_is_witnessed_when_the_last_of_the_quorum_has_seen_it() -> None:
    note = cosigned("east").signed_too(
        COSIGNERS["north"].cosign(CHECKPOINT, TIME + 60), COSIGNERS["south"].cosign(CHECKPOINT, TIME + 90)
    )
    witnessed = Policy.parse(POLICY).witnessed(str(note))
    assert witnessed is not None
    assert witnessed.at == datetime.fromtimestamp(TIME + 60, UTC)
    assert {name: time.timestamp() - TIME for name, time in witnessed.times.items()} == {
        "east": 0,
        "north": 60,
        "south": 90,
    }


def test_a_policy_reads_its_lines() -> None:
    policy = Policy.parse(POLICY)
    assert policy.origin == ORIGIN
    assert policy.asks
    assert policy.witnesses["north"].url == "https://north.example"
    assert policy.witnesses["south"].url is None
    nobody = Policy.parse("quorum none")
    assert not nobody.asks
    assert nobody.is_met_by(set())
    assert nobody.require(str(NOTE)) is None
    assert Policy().origin is None


def test_a_false_line_of_a_witness_condemns_the_note_even_where_nobody_is_asked() -> None:
    policy = Policy.parse(POLICY.replace("quorum two", "quorum none"))
    (line,) = cosigned("north").signatures_of(COSIGNERS["north"].verifier_key)
    with pytest.raises(Unverifiable, match="north"):
        policy.witnessed(str(NOTE.signed_too(NoteSignature(line.name, line.hint, line.blob[:-1] + b"x"))))


@pytest.mark.parametrize("name", COSIGNERS)
def test_a_time_of_zero_states_no_time(name: str) -> None:
    """C2SP tlog-cosignature 1.1: who signs with time 0 says nothing of having seen no larger tree."""
    key = COSIGNERS[name].verifier_key
    assert cosigned_at(cosigned(name, time=0), key) is None
    assert cosigned_at(cosigned(name, time=2**63 - 1), key) == 2**63 - 1
    with pytest.raises(Unverifiable, match="impossible time"):
        cosigned_at(cosigned(name, time=2**63), key)
    assert Policy.parse(POLICY.replace("quorum two", f"quorum {name}")).witnessed(str(cosigned(name, time=0))) is None


def test_ml_dsa_leaves_extension_lines_unsigned_and_ed25519_does_not() -> None:
    extended = Note(f"{CHECKPOINT}more\n", cosigned("east", "north").signatures)
    assert cosigned_at(extended, COSIGNERS["east"].verifier_key) == TIME
    with pytest.raises(Unverifiable, match="does not hold"):
        cosigned_at(extended, COSIGNERS["north"].verifier_key)


def test_ml_dsa_signs_names_that_fit_into_a_byte() -> None:
    long = "é" * 128
    assert is_cosigner_name("e" * 255)
    assert not is_cosigner_name(long)
    cosigner, checkpoint = Cosigner(long, ML_DSA), Checkpoint(long, 5, bytes(32))
    line = NoteSignature(long, cosigner.verifier_key.hint, TIME.to_bytes(8, "big") + bytes(2420))
    for at_fault in (lambda: cosigner.cosign(CHECKPOINT, TIME), lambda: COSIGNERS["east"].cosign(checkpoint, TIME),
                     lambda: cosigned_at(NOTE.signed_too(line), cosigner.verifier_key)):  # fmt: skip
        with pytest.raises(Unverifiable, match="at most 255 bytes"):
            at_fault()


def test_a_policy_names_either_kind_of_log_key() -> None:
    second = Cosigner(ORIGIN, ML_DSA).verifier_key
    policy = Policy.parse(POLICY.replace("# who must have seen it", f"log {second}"))
    assert policy.logs == (second, VerifierKey(ORIGIN, key_of("log").public))


def test_an_impossible_time_is_no_time() -> None:
    with pytest.raises(Unverifiable, match="impossible time"):
        Policy.parse(POLICY).witnessed(str(cosigned("north", time=2**62)))  # legal, but in no calendar


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("quorum two\n", "", "expected a line: quorum"),
        ("quorum two\n", "quorum two\nquorum two\n", "line 9: expected log"),
        ("quorum two\n", "quorum three\n", "line 8: three: no witness"),
        ("group two 2 pair east", "group two 3 pair east", "line 7: 3: expected all, any"),
        ("group two 2 pair east", "group two 0 pair east", "line 7: 0: expected all, any"),
        ("group two 2 pair east", "group two most pair east", "line 7: most: expected all, any"),
        ("group two 2 pair east", "group two 2 pair pair", "line 7: pair: a member is named twice"),
        ("group two 2 pair east", "group two 2", "line 7: expected log"),
        ("group two 2 pair east", "group pair 2 pair east", "line 7: pair: the name is taken"),
        ("group two 2 pair east", "group none 2 pair east", "line 7: none: the name is taken"),
        ("group pair any north south", "group pair any north two", "line 6: two: no witness"),
        ("witness south ", "witness north ", "line 4: north: the name is taken"),
        ("witness south ", "witness south x", "line 4: expected a verifier key"),
        ("witness south ", "wetness south ", "line 4: expected log"),
        ("log example", "log Example", "line 2: expected a verifier key"),
        ("# who", "#" * 100_000, "at most 100000"),
    ],
)  # fmt: skip
def test_a_policy_with_one_fault_is_refused_by_line(old: str, new: str, message: str) -> None:
    assert old in POLICY
    with pytest.raises(ValueError, match=message):
        Policy.parse(POLICY.replace(old, new, 1))
