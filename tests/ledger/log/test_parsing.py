"""What a parser accepts it writes back letter for letter: nothing has two forms that mean the same."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.domain.record import Stream
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.evidence import Evidence
from ledger.log.heads import Heads
from ledger.log.proof import InclusionProof
from ledger.log.tiles import Tile
from ledger.log.witness import Request as WitnessRequest
from ledger.signing.note import Note, VerifierKey
from ledger.trust import TrustRoot
from tests.support import key_of

KEY = key_of("log")
CHECKPOINT = Checkpoint("example.org/log", 1070, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY)
HEADS = Heads(
    "example.org/log",
    1070,
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    {Stream("officer", "x"): 12, Stream("person", "y"): 1},
)

EVIDENCE = Evidence(earlier=NOTE, later=NOTE, root=bytes(32), path=(bytes(32),))
TRUST = TrustRoot("example.org/log", str(VerifierKey("example.org/log", KEY.public)), "00" * 32, policy="quorum none\n")

Parse = Callable[[str], object]


class _Text:
    """Of what is written as bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __str__(self) -> str:
        return self._data.decode()


def _evidence(text: str) -> _Text:
    return _Text(bytes(Evidence.parse(text.encode())))


def _trust(text: str) -> _Text:
    return _Text(bytes(TrustRoot.parse(text.encode())))


GOOD: dict[str, tuple[Parse, str]] = {
    "note": (Note.parse, NOTE),
    "checkpoint": (Checkpoint.parse, str(CHECKPOINT)),
    "checkpoint with more": (
        Checkpoint.parse,
        str(Checkpoint("go.sum database tree", 2**63 - 1, bytes(range(32)), ("more", "— — "))),
    ),
    "heads": (Heads.parse, str(HEADS)),
    "proof": (InclusionProof.parse, str(InclusionProof(1070, (bytes(32), bytes(range(32))), NOTE))),
    "proof with more": (InclusionProof.parse, str(InclusionProof(0, (), NOTE, b"more"))),
    "request": (WitnessRequest.parse, str(WitnessRequest(7, (bytes(32), bytes(range(32))), NOTE))),
    "evidence": (_evidence, bytes(EVIDENCE).decode()),
    "trust root": (_trust, bytes(TRUST).decode()),
    "tile": (Tile.parse, str(Tile(1, 1_234_067, 107))),
    "bundle": (Tile.parse, str(Tile("entries", 1_070))),
    "verifier key": (VerifierKey.parse, str(VerifierKey("example.org/log", KEY.public))),
}

# What lenient parsers let pass: signs, separators, other spaces, other digits, other dashes, padding.
SUSPECT = " _+-0179AZaz/=.:x\n\r\t\u00a0\u2003\u2028\u2014\u2013\u0661\uff11"
_EDIT = st.tuples(st.integers(0, 400), st.integers(0, 2), st.text(SUSPECT, max_size=2))


@st.composite
def nearly(draw: st.DrawFn, text: str) -> str:
    """The text after a few edits: at a place, some characters are replaced by others."""
    for place, gone, instead in draw(st.lists(_EDIT, min_size=1, max_size=3)):
        place %= len(text) + 1
        text = text[:place] + instead + text[place + gone :]
    return text


def assert_one_form(parse: Parse, text: str) -> None:
    try:
        parsed = parse(text)
    except (Unverifiable, ValueError):
        return
    assert str(parsed) == text


@pytest.mark.parametrize("name", GOOD)
def test_a_good_one_is_written_back(name: str) -> None:
    parse, text = GOOD[name]
    assert str(parse(text)) == text


@pytest.mark.parametrize("name", [name for name in GOOD if name != "trust root"])  # which people edit
@given(st.data())
@settings(max_examples=300)
def test_what_is_accepted_is_written_back_letter_for_letter(name: str, data: st.DataObject) -> None:
    parse, text = GOOD[name]
    assert_one_form(parse, data.draw(nearly(text)))


@pytest.mark.parametrize("name", [name for name in GOOD if name != "trust root"])
@given(st.text(SUSPECT))
@example("")
def test_so_is_anything_else(name: str, text: str) -> None:
    assert_one_form(GOOD[name][0], text)


# One fault each: what stands in the good text, and what stands there instead.
# More of tiles are in test_tiles.
FAULTS: dict[str, list[tuple[str, str]]] = {
    "note": [
        ("\u2014", "-"),
        ("\u2014", "\u2013"),
        ("\u2014 ", "\u2014"),
        ("\u2014 ", "\u2014  "),
        ("\u2014 example.org/log ", "\u2014 example.org+log "),
        ("\u2014 example.org/log ", "\u2014 example.org\u2003log "),
        ("\n", "\r\n"),
        ("\n\n", "\n"),
        ("\n\n", "\n \n"),
        ("=\n$", "=$"),
        ("=\n$", "\n$"),
        ("=\n$", "==\n$"),
        ("=\n$", "=\n\n$"),
        ("=\n$", "=\nmore\n$"),
        ("=\n$", "= \n$"),
        ("1070", "10\x0070"),
        ("1070", "10\x8570"),
    ],
    "checkpoint": [
        *((f"\n{CHECKPOINT.size}\n", f"\n{size}\n") for size in
          ("1_070", " 1070", "1070 ", "+1070", "01070", "-1070", "-0", "1070.0", "1e3", "0x42e", "\u0661\u0660\u0667\u0660", "", "9223372036854775808", "18446744073709551616", "9" * 5000)),
        ("example.org/log\n", "\n"),
        ("\n", "\r\n"),
        ("=\n$", "=$"),
        ("=\n$", "\n$"),
        ("=\n$", "==\n$"),
        ("=\n$", "=\n\n$"),
        ("=\n$", "=\nextension$"),
        ("=\n$", "=\nextension\n\n$"),
        ("=\n$", "=\n\nextension\n$"),
        ("\nAAEC", "\n"),
        ("\nAAEC", "\nAAECAAEC"),
        ("\nAAEC", "\nAA-C"),
        ("\nAAEC", "\nAA EC"),
        ("8=\n$", "9=\n$"),  # bits that say nothing, not zero
    ],
    "checkpoint with more": [("5807\n", "5808\n"), ("\n— — \n", "\n\n— — \n"), (" \n$", " $")],
    "heads": [
        ("heads/v1", "heads/v2"),
        ("pca-ledger/heads/v1\n", ""),
        ("\n1070\n", "\n-1070\n"),
        ("\n1070\n", "\n01070\n"),
        ("\n1070\n", "\n1_070\n"),
        ("example.org/log\n", "example.org log\n"),
        ("2026-01-02", "2026-1-2"),
        ("03:04:05Z", "03:04:05"),
        ("03:04:05Z", "03:04:05+00:00"),
        ("03:04:05Z", "03:04:05.0Z"),
        ("03:04:05Z", "03:04:60Z"),
        ("T03", "t03"),
        ("officer:x 12", "officer:x 012"),
        ("officer:x 12", "officer:x +12"),
        ("officer:x 12", "officer:x -12"),
        ("officer:x 12", "officer:x12"),
        ("person:y 1", "officer:x 12"),
        ("\n", "\r\n"),
        ("1\n$", "1$"),
        ("1\n$", "1\n\n$"),
    ],
    "proof": [
        ("@v1", "@v2"),
        ("index 1070", "index 01070"),
        ("index 1070", "index -1070"),
        ("index 1070", "index +1070"),
        ("index 1070", "index  1070"),
        ("index 1070", "1070"),
        ("index 1070", "extra AAA\nindex 1070"),
        ("index 1070", "extra  AAAA\nindex 1070"),
        ("index 1070", "extra AAAA\nextra AAAA\nindex 1070"),
        ("$", "x" * 2_000_000 + "$"),
        ("\nAAEC", "\n"),
        ("\n\nexample", "\nexample"),
        ("=\n\nexample", "\n\nexample"),
        ("@v1\n", "@v1\r\n"),
    ],
    "proof with more": [("extra bW9yZQ==\n", "extra bW9yZQ\n"), ("extra bW9yZQ==\n", "extra bW9yZR==\n"),
                        ("extra ", "Extra "), ("extra bW9yZQ==\nindex 0\n", "index 0\nextra bW9yZQ==\n")],
    "request": [("old 7", "old 07"), ("old 7", "old +7"), ("old 7", "7"), ("\nAAEC", "\nAA-C"), ("\n\nexample", "\nexample"),
                ("old 7\n", "old 7\r\n")],
    "evidence": [("evidence/v1", "evidence/v2"), ('"root": ', '"root":'), ('"earlier"', '"Earlier"'), ("$", "\n$"),
                 ("AAAA=", "AAA="), ('"path"', '"more": 1, "path"')],
    "trust root": [('"origin"', '"Origin"'), ("example.org/log", "example.org/lag"), ("0000", "000"), ("0000", "GGGG"),
                   ("quorum none", "quorum nobody"), ('"policy"', '"more": 1, "policy"')],
    "tile": [
        ("tile/1/", "tile/8/1/"),
        ("x001/x234/067", "001/234/067"),
        ("x001/x234/067", "x001/x234/x067"),
        (".p/107", ".p/+7"),
        (".p/107", ".p/1_0"),
        (".p/107", ".p/\u0661\u0660\u0667"),
        (".p/107", ".p/107\n"),
        (".p/107", "/.p/107"),
    ],
    "bundle": [("entries", "Entries"), ("x001/070", "x001/70"), ("x001/070", "x001/070/")],
    "verifier key": [
        ("example.org/log+", "+"),
        ("example.org/log+", "example.org log+"),
        ("example.org/log+", "example.org/lag+"),
        ("+A", "+B"),
        ("+A", "A"),
        ("+c184004d+", "+C184004D+"),
        ("+c184004d+", "+c184004e+"),
        ("+c184004d+", "+"),
        ("E0f6", "E0-6"),
        ("$", "=$"),
        ("$", "AAAA$"),
        ("$", "\n$"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "good", "bad"), [(name, *fault) for name, faults in FAULTS.items() for fault in faults]
)
def test_one_fault_is_refused(name: str, good: str, bad: str) -> None:
    """A ``$`` at the end of a fault is the end of the text."""
    parse, text = GOOD[name]
    assert good in text + "$"
    changed = f"{text}$".replace(good, bad, 1).removesuffix("$")
    with pytest.raises((Unverifiable, ValueError)):
        parse(changed)
