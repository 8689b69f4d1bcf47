"""Notes, checkpoints and proofs open with the key that signed them; one fault anywhere is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.log.proof import InclusionProof
from ledger.signing.note import Note, VerifierKey, open_note, sign_note
from tests.support import key_of

KEY = key_of("log")
ORIGIN = "example.org/log"
VKEY = VerifierKey(ORIGIN, KEY.public)
CHECKPOINT = Checkpoint(ORIGIN, 12, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY)


def test_a_checkpoint_is_opened_by_the_key_that_signed_it() -> None:
    assert open_checkpoint(NOTE, VKEY) == CHECKPOINT
    assert VerifierKey.parse(str(VKEY)) == VKEY


def test_a_checkpoint_of_another_key_or_origin_is_refused() -> None:
    with pytest.raises(Unverifiable) as unsigned:
        open_checkpoint(NOTE, VerifierKey(ORIGIN, key_of("other").public))
    assert unsigned.value.code == "note-unsigned"
    foreign = sign_note(str(Checkpoint("example.org/other", 1, bytes(32))), ORIGIN, KEY)
    with pytest.raises(Unverifiable) as other:
        open_checkpoint(foreign, VKEY)
    assert other.value.code == "checkpoint-origin"


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_a_note_with_one_changed_character_is_refused(place: int, character: str) -> None:
    changed = NOTE[:place] + character + NOTE[place + 1 :]
    if changed != NOTE:
        with pytest.raises(Unverifiable):
            open_checkpoint(changed, VKEY)


@pytest.mark.parametrize("text", ["", "a+b", "a b+00000000+AAAA", str(VKEY) + "A", str(VKEY).replace("+", " ", 1)])
def test_a_verifier_key_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="verifier key"):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n\n— a+b AAAAAAAA\n",
        "text\n\n— a AAAA\n",
        "text\n\n— a AAA\n",
        "te\x00xt\n\n— a AAAAAAAA\n",
        "text\n\n— a AAAAAAAB==\n",
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(Unverifiable):
        Note.parse(note)


def test_a_note_holds_at_most_a_hundred_signatures() -> None:
    line = NOTE.splitlines()[-1] + "\n"
    assert len(Note.parse(NOTE + line * 99).signatures) == 100
    with pytest.raises(Unverifiable):
        Note.parse(NOTE + line * 100)


def test_a_failing_signature_of_a_known_key_condemns_the_note() -> None:
    forged = NOTE.replace(f"{ORIGIN}\n12\n", f"{ORIGIN}\n13\n")
    with pytest.raises(Unverifiable) as error:
        open_note(forged, VKEY)
    assert error.value.code == "note-signature-invalid"


def test_a_proof_has_one_form() -> None:
    proof = InclusionProof(3, (bytes(32), bytes(range(32))), NOTE)
    assert InclusionProof.parse(str(proof)) == proof
    for wrong in (
        str(proof).replace("index 3", "index 03"),
        str(proof)[1:],
        str(proof).replace("\n\n", "\n"),
        "",
        str(proof).replace("AAAA", "AA*A", 1),
    ):
        with pytest.raises(Unverifiable):
            InclusionProof.parse(wrong)
