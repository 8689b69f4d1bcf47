"""A witness answers as c2sp.org/tlog-witness says; two checkpoints that contradict each other are evidence."""

from hashlib import sha256

import pytest

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.evidence import MAX_EVIDENCE_BYTES, Evidence, conflict
from ledger.log.tree import EMPTY_ROOT, GetNode, RightEdge, consistency_path, root_at
from ledger.log.witness import Refusal, Request, origin_of, parse_logs, require_continuation, signed_by_log
from ledger.signing.keys import MlDsaKey
from ledger.signing.note import Note, VerifierKey, sign_note
from tests.support import key_of

ORIGIN = "example.org/log"
KEY = VerifierKey(ORIGIN, key_of("log").public)


def tree(size: int, twist: int | None = None) -> tuple[Checkpoint, GetNode]:
    """A tree of numbered leaves; the leaf ``twist`` is another one."""
    leaves = [sha256(b"other" if n == twist else b"%d" % n).digest() for n in range(size)]
    _, nodes = RightEdge().append(leaves)
    stored = {(level, index): digest for level, index, digest in nodes}

    def get_node(level: int, index: int) -> bytes:
        return stored[level, index]

    return Checkpoint(ORIGIN, size, root_at(size, get_node)), get_node


def signed(checkpoint: Checkpoint) -> str:
    return sign_checkpoint(checkpoint, key_of("log"))


def request(old: int, size: int, twist: int | None = None) -> tuple[Request, Checkpoint]:
    checkpoint, get_node = tree(size, twist)
    proof = consistency_path(old, size, get_node) if 0 < old <= size else []
    return Request(old, tuple(proof), signed(checkpoint)), checkpoint


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (0, 300), (1, 1), (1, 2), (255, 256), (256, 300), (300, 300)])
def test_a_continuation_is_accepted(old: int, new: int) -> None:
    asked, checkpoint = request(old, new)
    parsed = Request.parse(str(asked))
    assert parsed == asked
    assert origin_of(parsed) == ORIGIN
    assert Checkpoint.parse(signed_by_log(parsed, [KEY]).text) == checkpoint
    recorded = tree(old)[0] if old else None
    require_continuation(parsed, checkpoint, recorded)


@pytest.mark.parametrize(
    ("old", "new", "recorded", "twist", "status"),
    [
        (7, 5, 7, None, 400),  # old is more than the size
        (3, 9, 4, None, 409),  # not what is recorded
        (3, 9, None, None, 409),
        (0, 9, 4, None, 409),
        (4, 9, 4, 2, 422),  # the tree begins otherwise
        (4, 4, 4, 2, 422),  # L1: the same size with another root
    ],
)
def test_what_does_not_continue_is_refused(
    old: int, new: int, recorded: int | None, twist: int | None, status: int
) -> None:
    asked, checkpoint = request(old, new, twist)
    with pytest.raises(Refusal) as refused:
        require_continuation(asked, checkpoint, None if recorded is None else tree(recorded)[0])
    assert refused.value.status == status
    assert refused.value.size == ((recorded or 0) if status == 409 else None)


def test_from_an_empty_tree_there_is_nothing_to_prove() -> None:
    note = signed(tree(5)[0])
    for asked, checkpoint, recorded, status in (
        (Request(0, (bytes(32),), note), tree(5)[0], None, 422),
        (Request(0, (), note), Checkpoint(ORIGIN, 0, bytes(32)), None, 422),
        (Request(5, (bytes(32),), note), tree(5)[0], tree(5)[0], 422),
    ):
        with pytest.raises(Refusal) as refused:
            require_continuation(asked, checkpoint, recorded)
        assert refused.value.status == status
        assert refused.value.is_conflict is (checkpoint.size == 0)
    require_continuation(Request(0, (), note), tree(5)[0], Checkpoint(ORIGIN, 0, EMPTY_ROOT))


def test_who_signed_must_be_the_log() -> None:
    asked, _ = request(0, 5)
    with pytest.raises(Refusal) as refused:
        signed_by_log(asked, [VerifierKey(ORIGIN, key_of("other").public)])
    assert refused.value.status == 403
    with pytest.raises(Refusal) as malformed:
        origin_of(Request(0, (), "nothing"))
    assert malformed.value.status == 400


GOOD = str(request(3, 9)[0])


@pytest.mark.parametrize(
    ("old", "new"),
    [("old 3", "old 03"), ("old 3", "old +3"), ("old 3", "old 3 "), ("old 3", "size 3"), ("old 3", "old -3"),
     ("old 3\n", ""), ("\n\n", "\n"), ("old 3\n", "old 3\nAAAA\n"), ("old 3\n", "old 3\n" + f"{'A' * 43}=\n" * 64),
     ("old 3\n", "old 3\n@\n"), ("old 3", "old three")],
)  # fmt: skip
def test_another_form_is_no_request(old: str, new: str) -> None:
    with pytest.raises((Unverifiable, Refusal)):
        origin_of(Request.parse(GOOD.replace(old, new, 1)))


def test_two_trees_of_one_size_are_evidence() -> None:
    one, other = signed(tree(9)[0]), signed(tree(9, twist=4)[0])
    evidence = conflict(one, other, KEY)
    assert evidence is not None
    assert Evidence.parse(bytes(evidence)) == evidence
    assert {c.size for c in evidence.require_conflict(KEY)} == {9}
    assert conflict(one, one, KEY) is None


def test_a_tree_that_does_not_begin_with_the_earlier_one_is_evidence() -> None:
    earlier, (later, get_node) = tree(9, twist=4)[0], tree(300)
    evidence = conflict(signed(later), signed(earlier), KEY, get_node)
    assert evidence is not None
    assert [c.size for c in Evidence.parse(bytes(evidence)).require_conflict(KEY)] == [9, 300]
    assert conflict(signed(tree(9)[0]), signed(later), KEY, get_node) is None
    assert conflict(signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT)), signed(later), KEY) is None
    with pytest.raises(Unverifiable, match="tiles"):
        conflict(signed(earlier), signed(later), KEY)
    with pytest.raises(Unverifiable):  # tiles of another tree prove nothing
        conflict(signed(earlier), signed(later), KEY, tree(300, twist=299)[1])


def test_evidence_that_proves_nothing_is_refused() -> None:
    genuine = conflict(signed(tree(9, twist=4)[0]), signed(tree(300)[0]), KEY, tree(300)[1])
    assert genuine is not None
    honest = Evidence(earlier=signed(tree(9)[0]), later=genuine.later, root=genuine.root, path=genuine.path)
    with pytest.raises(Unverifiable) as nothing:
        honest.require_conflict(KEY)
    assert nothing.value.code == "evidence-none"
    invented = Evidence(earlier=genuine.earlier, later=genuine.later, root=bytes(32), path=genuine.path)
    with pytest.raises(Unverifiable):
        invented.require_conflict(KEY)
    with pytest.raises(Unverifiable):
        genuine.require_conflict(VerifierKey(ORIGIN, key_of("other").public))
    for data in (
        b"{}",
        b"\xff",
        b" " * (MAX_EVIDENCE_BYTES + 1),
        bytes(genuine).replace(b"evidence/v1", b"evidence/v2"),
        bytes(genuine).replace(b'"earlier": ', b'"earlier":  '),
        bytes(genuine).replace(b'"format"', b'"earlier": "x", "format"'),
        bytes(genuine) + b" ",
    ):
        with pytest.raises(Unverifiable, match="not evidence"):
            Evidence.parse(data)


def test_an_empty_tree_with_another_root_is_evidence() -> None:
    false = signed(Checkpoint(ORIGIN, 0, bytes(32)))
    for other in (signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT)), signed(tree(9)[0])):
        evidence = conflict(false, other, KEY)
        assert evidence is not None
        assert 0 in {c.size for c in Evidence.parse(bytes(evidence)).require_conflict(KEY)}


def test_an_extension_line_hides_no_fork() -> None:
    """L1: two signed trees contradict each other whatever else the log wrote below."""
    one = sign_note(f"{tree(9)[0]}x\n", ORIGIN, key_of("log"))
    assert conflict(one, signed(tree(9)[0]), KEY) is None
    evidence = conflict(one, signed(tree(9, twist=4)[0]), KEY)
    assert evidence is not None
    evidence.require_conflict(KEY)


def test_the_logs_of_a_witness_are_read_from_lines() -> None:
    second = Cosigner(ORIGIN, MlDsaKey.from_seed(bytes(32))).verifier_key
    golang = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"  # as Go's command has it
    assert parse_logs([str(KEY), str(second), f"{golang} go.sum database tree"]) == {
        ORIGIN: [KEY, second],
        "go.sum database tree": [VerifierKey.parse(golang)],
    }
    for line in ("x", f"{golang} {'é' * 128}", f"{golang} a\nb", str(Cosigner("n", key_of("north")).verifier_key)):
        with pytest.raises(ValueError, match="expected"):
            parse_logs([line])


def test_a_line_in_the_name_of_the_log_that_does_not_hold_is_refused_whatever_else_holds() -> None:
    checkpoint, _ = tree(5)
    cosigner = Cosigner(ORIGIN, MlDsaKey.from_seed(bytes(32)))
    keys = [KEY, cosigner.verifier_key]
    note = Note.parse(signed(checkpoint)).signed_too(cosigner.cosign(checkpoint, 1))
    assert len(signed_by_log(Request(0, (), str(note)), keys).signatures) == 2
    (false,) = Note.parse(signed(tree(6)[0])).signatures  # under the key's name, over another checkpoint
    of_another = cosigner.cosign(tree(6)[0], 1)
    for line in (false, of_another):
        with pytest.raises(Refusal) as refused:
            signed_by_log(Request(0, (), str(note.signed_too(line))), keys)
        assert refused.value.status == 403
