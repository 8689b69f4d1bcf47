"""Vectors that others published for the formats we use, and our own for those that are ours."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.disclosures import Disclosure, digest_of
from ledger.domain.number import CertificateNumber
from ledger.domain.record import Stream
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.log.cosignature import KINDS, Cosigner, cosigned_at
from ledger.log.heads import Heads
from ledger.log.proof import InclusionProof
from ledger.log.tree import RightEdge, leaf_hash
from ledger.signing.envelope import pae
from ledger.signing.keys import SigningKey
from ledger.signing.note import COSIGNATURE, ML_DSA_44, Note, VerifierKey, open_note, sign_note

HERE = Path(__file__).parent

# Go's golang.org/x/mod/sumdb/note, example in its documentation.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_NOTE = f"{NEUMANN_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

# Certificate Transparency's reference tree (RFC 6962): leaves, and the root of each size.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

KEY = SigningKey.from_seed(bytes(range(32)))
NOTE_SIGNATURE = "RJ9jtHhKdO4BSCkbPe5xEXmi9G+wvBtkYN6SMAdd1o4aaDqtyRD+zHPu2MAd5EpKi3ffYX4hL78wfcg3acJJ2TN4lAM="


def test_the_note_in_gos_documentation_opens() -> None:
    key = VerifierKey.parse(NEUMANN)
    assert str(key) == NEUMANN
    assert open_note(NEUMANN_NOTE, key) == NEUMANN_TEXT
    with pytest.raises(Unverifiable):
        open_note(NEUMANN_NOTE.replace("cryptography", "Cryptography"), key)


def test_the_reference_tree_of_certificate_transparency_has_these_roots() -> None:
    edge = RightEdge()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        edge, _ = edge.append([leaf_hash(bytes.fromhex(leaf))])
        assert edge.root().hex() == root


def test_the_digest_of_rfc_9901_4_2_3() -> None:
    encoded = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest_of(encoded) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_the_pre_authentication_encoding_of_the_dsse_protocol() -> None:
    # secure-systems-lab/dsse, protocol.md, test vectors
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_an_ed25519_key_of_rfc_8032() -> None:
    # RFC 8032 7.1, TEST 2
    key = SigningKey.from_seed(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex().startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")


def test_the_cosignatures_of_another_program_hold() -> None:
    """Made by filippo.io/torchwood 0.10.0 (tlog-cosignature 1.1), of either kind, for the example in the text."""
    note = Note.parse((HERE / "cosigned.note").read_text("utf-8"))
    ed25519, ml_dsa = (VerifierKey.parse(key, *KINDS) for key in (HERE / "cosigned.keys").read_text("utf-8").split())
    assert (ed25519.kind, ml_dsa.kind) == (COSIGNATURE, ML_DSA_44)
    assert cosigned_at(note, ed25519) == cosigned_at(note, ml_dsa) == 1_796_006_279
    for key in (ed25519, ml_dsa):
        with pytest.raises(Unverifiable):
            cosigned_at(Note(note.text.replace("20852163", "20852164"), note.signatures), key)
    seed = bytes([2]) * 32  # of its key: Ed25519 has one signature for each message
    assert Cosigner(ed25519.name, SigningKey.from_seed(seed)).cosign(Checkpoint.parse(note.text), 1_796_006_279) in (
        note.signatures
    )


def test_our_own_formats_stay_as_they_are() -> None:
    assert KEY.key_id == "56475aa75463474c0285df5dbf2bcab7"
    disclosure = Disclosure("family_name", "Möbius", "_26bc4LT-ac6q2KI6cBW5es")
    assert disclosure.encoded == "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd"
    assert Disclosure.parse(disclosure.encoded) == disclosure
    checkpoint = Checkpoint("log.example/pca", 8, bytes.fromhex(ROOTS[-1]))
    assert str(checkpoint) == "log.example/pca\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    note = sign_checkpoint(checkpoint, KEY)
    assert note == (f"{checkpoint}\n— log.example/pca {NOTE_SIGNATURE}\n")
    assert open_checkpoint(note, VerifierKey("log.example/pca", KEY.public)) == checkpoint
    heads = Heads("log.example/pca", 8, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), {Stream("officer", "x"): 2})
    assert str(heads) == "pca-ledger/heads/v1\nlog.example/pca\n8\n2026-01-02T03:04:05Z\nofficer:x 2\n"
    proof = InclusionProof(5, (bytes(32),), note)
    assert str(proof) == f"c2sp.org/tlog-proof@v1\nindex 5\n{'A' * 43}=\n\n{note}"
    assert str(CertificateNumber("TOA-PCA-FR-2017", 2, 1)) == "TOA-PCA-FR-2017-02-BTJ"
    assert str(CertificateNumber("TOA-PCA-FR-2017", 2, 2)) == "TOA-PCA-FR-2017-02.2-MDW"
    assert str(CertificateNumber("TOA-PCA-FR-2017", 2, 1, first_form=True)) == "TOA-PCA-FR-2017-02-K"
    assert str(CertificateNumber("TOA-PCA-FR-2017", 2, 2, first_form=True)) == "TOA-PCA-FR-2017-02.2-0"
    assert open_note(sign_note("a\n", "log.example/pca", KEY), VerifierKey("log.example/pca", KEY.public)) == "a\n"
