"""Small files that would take gigabytes or minutes are refused within limits, and other checks go on.

Each is read in a process that may use 128 MB and three seconds of CPU: a refusal shows that the bound holds before the
parser does anything large. What no bound foresees is stopped by the limits of the process.
"""

import json
import struct
import time
import tracemalloc
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import segno
from PIL import Image
from starlette.testclient import TestClient

from api.checking import confinement
from api.checking.confinement import SHORT, _issuer, _sealed, _signed
from api.checking.presented import BUNDLE_KIND, Presented, recognise
from api.confined import Limits, Stopped, run_within
from ledger.bundle import Bundle
from ledger.errors import Unverifiable
from ledger.signing.note import VerifierKey
from ledger.trust import TrustRoot
from projections.credentials.forms.baking import NAMESPACE, TEXT_HEADER
from projections.credentials.forms.catalogue import by_name
from projections.credentials.keys.enrolled import IssuerKeys
from tests.api.checking.test_hostile import Json, judged, keys, original
from tests.api.checking.test_verifying import presented, results
from tests.commands import run
from tests.support import World, key_of

__all__ = ["keys"]

SMALL = Limits(memory=128 * 1024 * 1024, cpu=3, seconds=30)
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}">'


def read(data: bytes, keys: IssuerKeys) -> None:
    """All that is read of what is presented. Raises as the processes do."""
    found: Presented = run_within(SMALL, None, recognise, data)
    if found.kind == BUNDLE_KIND:
        run_within(SMALL, None, parsed, found.data)
    elif found.form is not None:
        run_within(SMALL, None, _issuer, found.kind, found.text)
        run_within(SMALL, None, _signed, found.kind, found.text, keys)
        if found.form.verify_seal is not None:
            run_within(SMALL, None, _sealed, found.kind, found.data, keys, None)


def parsed(data: bytes) -> str:
    return Bundle.parse(data).number


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = trailer.replace(b"START", b"%d" % start)
    return data + b"trailer <</Size %d %b>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)


def attached(
    stream: bytes, names: bytes = b"<</Names [(credential.json) 4 0 R]>>", filters: bytes = b"/FlateDecode"
) -> bytes:
    return pdf(
        b"<</Type /Catalog /Names 2 0 R>>",
        b"<</EmbeddedFiles 3 0 R>>",
        names,
        b"<</Type /Filespec /F (credential.json) /UF (credential.json) /EF <</F 5 0 R>>>>",
        b"<</Type /EmbeddedFile /Filter %b /Length %d>>\nstream\n%b\nendstream" % (filters, len(stream), stream),
    )


def zipped(*members: tuple[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def empty_members(count: int) -> bytes:
    """A central directory with as many members as fit into an upload."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * count
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), 4, 0)
    return b"PK\3\4" + directory + end


def token(header: Any, payload: Any) -> str:
    parts = (json.dumps(part).encode() for part in (header, payload))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, bytes(64)))


def jpeg(side: int) -> bytes:
    made = BytesIO()
    Image.new("L", (8, 8)).save(made, "JPEG")
    data = bytearray(made.getvalue())
    frame = data.index(b"\xff\xc0") + 5
    data[frame : frame + 4] = struct.pack(">HH", side, side)
    return bytes(data)


def picture(side: int, form: str) -> bytes:
    made = BytesIO()
    Image.new("1", (side, side)).save(made, form)
    return made.getvalue()


def photograph(number: str, kind: str) -> bytes:
    """A picture of as many pixels as are read, with the QR code of a number somewhere in it."""
    code, made = BytesIO(), BytesIO()
    segno.make(number).save(code, kind="png", scale=60)
    paper = Image.new("RGB", (5_000, 5_000), "white")
    paper.paste(Image.open(code), (700, 900))
    paper.save(made, kind)
    return made.getvalue()


def chain(levels: int) -> Json:
    below: Json = {"type": ["Profile"]}
    for _ in range(levels):
        below = {"type": ["Profile"], "parentOrg": below}
    return below


BOMBS: dict[str, Callable[[], bytes]] = {
    "a PDF whose attachment unpacks to 1 GB": lambda: attached(zlib.compress(zlib.compress(bytes(2**20), 9) * 350, 9)),
    "a PDF whose attachment unpacks to 250 MB": lambda: attached(zlib.compress(bytes(250 * 2**20), 9)),
    "a PDF whose attachment is packed twice": lambda: attached(
        zlib.compress(zlib.compress(bytes(250 * 2**20), 9), 9), filters=b"[/FlateDecode /FlateDecode]"
    ),
    "a PDF whose attachment is packed by runs": lambda: attached(b"\x81\0" * 250_000, filters=b"/RunLengthDecode"),
    "a PDF whose names lead to themselves": lambda: attached(b"", names=b"<</Kids [3 0 R 3 0 R 3 0 R]>>"),
    "a PDF whose table of objects leads to itself": lambda: pdf(
        b"<</Type /Catalog>>", trailer=b"/Root 1 0 R /Prev START"
    ),
    "a PDF whose object is itself": lambda: pdf(b"1 0 R"),
    "a PDF of nested lists": lambda: pdf(b"[" * 200_000),
    "a PDF of nested dictionaries": lambda: pdf(b"<</A " * 100_000),
    "a PDF of 4,000 objects": lambda: pdf(*[b"<</Type /Catalog>>"] * 3_999),
    "a PDF of one long name": lambda: pdf(b"/" + b"a" * 500_000),
    "a PDF whose numbers are long": lambda: pdf(b"<</Type /Catalog /A " + b"9" * 500_000 + b">>"),
    "a PNG of 10 billion pixels": lambda: png(100_000, 100_000, chunk(b"IDAT", zlib.compress(b""))),
    "a PNG whose note unpacks to 500 MB": lambda: png(
        1, 1, chunk(b"zTXt", b"n\0\0" + zlib.compress(bytes(500 * 2**20), 9))
    ),
    "a PNG whose profile unpacks to 500 MB": lambda: png(
        1, 1, chunk(b"iCCP", b"n\0\0" + zlib.compress(bytes(500 * 2**20), 9)), chunk(b"IDAT", zlib.compress(bytes(5)))
    ),
    "a PNG whose rows unpack to 500 MB": lambda: png(5, 5, chunk(b"IDAT", zlib.compress(bytes(500 * 2**20), 9))),
    "a PNG of 300,000 chunks": lambda: png(1, 1, *[chunk(b"tEXt", b"")] * 300_000),
    "a PNG whose credential is nested": lambda: png(1, 1, chunk(b"iTXt", TEXT_HEADER + b'{"a":' * 180_000)),
    "a JPEG of 4 billion pixels": lambda: jpeg(65_500),
    "an SVG whose entities expand": lambda: (
        '<!DOCTYPE svg [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
        + f"]>{SVG}&j;</svg>"
    ).encode(),
    "an SVG of nested groups": lambda: (SVG + "<g>" * 9_000 + "</g>" * 9_000 + "</svg>").encode(),
    "an SVG of 200,000 groups": lambda: (SVG + "<g/>" * 200_000 + "</svg>").encode(),
    "an SVG of 80,000 attributes": lambda: (
        SVG + "<g " + "".join(f'a{n}="" ' for n in range(80_000)) + "/></svg>"
    ).encode(),
    "an SVG of 30,000 namespaces": lambda: (
        SVG + "<g " + "".join(f'xmlns:a{n}="urn:{n}" ' for n in range(30_000)) + "/></svg>"
    ).encode(),
    "an SVG of a megabyte of text": lambda: (SVG + "x" * 1_000_000 + "</svg>").encode(),
    "JSON of a million levels": lambda: b"{" + b'"a":{' * 200_000,
    "JSON of a million values": lambda: b'{"a":[' + b"0," * 500_000 + b"0]}",
    "JSON of a million digits": lambda: b'{"a":' + b"9" * 1_000_000 + b"}",
    "a token of 30,000 disclosures": lambda: (
        token({"alg": "ES256", "typ": "dc+sd-jwt"}, {}) + "~WyJh" * 30_000 + "~"
    ).encode(),
    "a token of nested claims": lambda: (
        token({"alg": "ES256"}, 0).replace(".MA.", "." + "W1tb" * 30_000 + ".").encode()
    ),
    "a token whose header is long": lambda: (token({"alg": "ES256", "kid": "x" * 90_000}, {})).encode(),
    "a token of certificates that are none": lambda: (
        token({"alg": "ES256", "typ": "dc+sd-jwt", "x5c": ["MIIB" * 1_000] * 5}, {"iss": "x"}) + "~"
    ).encode(),
    "a ZIP file of 600,000 members": lambda: empty_members(600_000),
    "a ZIP file whose bundle is packed": lambda: zipped(("bundle.json", bytes(500 * 2**20))),
    "a ZIP file of 30,000 members": lambda: empty_members(30_000),
    "a bundle of nested lists": lambda: b'{"format": "pca-ledger-bundle/v1", "first": ' + b"[" * 4_000_000,
    "a bundle of a million statements": lambda: (
        b'{"format": "pca-ledger-bundle/v1", "number": "", "checkpoint": "", "heads": "", "disclosures": [], "statements": ['
        + b'{"index":0,"envelope":"","path":[]},' * 200_000
        + b'{"index":0,"envelope":"","path":[]}]}'
    ),
    "a bundle of a million disclosures": lambda: (
        b'{"format": "pca-ledger-bundle/v1", "number": "", "checkpoint": "", "heads": "", "statements": [], "disclosures": ['
        + b'"",' * 2_000_000
        + b'""]}'
    ),
}


POISON: dict[str, Json] = {
    "190 nodes that are alike": {"evidence": [{"type": ["Evidence"]}] * 190},
    "chains of nodes that are alike": {"issuer": [chain(18) for _ in range(10)]},
    "pairs of nodes that are alike": {
        "evidence": [{"type": ["Evidence"], "narrative": str(n // 2)} for n in range(190)]
    },
    "300 nodes without an id": {"evidence": [{"type": ["Evidence"], "narrative": str(n)} for n in range(300)]},
    "2,500 values": {"name": [str(n) for n in range(2_500)]},
    "600,000 characters": {"name": "x" * 600_000},
    "40 levels": {"issuer": chain(40)},
    "many contexts": {"@context": ["https://www.w3.org/ns/credentials/v2"] * 4_000},
    "many contexts in each of many": {
        "verifiableCredential": [
            {"@context": ["https://www.w3.org/ns/credentials/v2"] * 10, "type": ["VerifiableCredential"]}
        ]
        * 180
    },
}


@pytest.mark.parametrize("poison", POISON)
def test_a_graph_that_is_hard_to_canonicalise_is_refused_by_a_bound(
    issued: World, number: str, keys: IssuerKeys, poison: str
) -> None:
    """The canonical form comes before the signature, so anybody may hand in such a graph."""
    badge = json.loads(original(issued, number, "jsonld"))
    begun = time.monotonic()
    with pytest.raises(Unverifiable):
        read(json.dumps({**badge, **POISON[poison]}).encode(), keys)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("bomb", BOMBS)
def test_it_is_refused_by_a_bound(keys: IssuerKeys, bomb: str) -> None:
    data = BOMBS[bomb]()
    begun = time.monotonic()
    with pytest.raises(Unverifiable):
        read(data, keys)
    assert time.monotonic() - begun < 20


def test_a_short_text_is_bounded_by_its_size(issued: World, number: str, keys: IssuerKeys) -> None:
    """It is read without another process, so that its size has to bound what it takes."""
    badge = json.loads(original(issued, number, "jsonld"))
    token_of = original(issued, number, "sd-jwt")
    texts = [json.dumps({**badge, **POISON[poison]}).encode() for poison in POISON]
    texts += [json.dumps({**badge, "name": [{"type": ["Profile"], "name": str(n)} for n in range(900)]}).encode()]
    texts += [b'{"a":[' + unit * (SHORT // len(unit) - 9) + b"0]}" for unit in (b"[],", b'{"a":1},', b'"",', b"0,")]
    texts += [b'{"a":"' + b'\\"' * (SHORT // 2 - 9), b"{" * SHORT, b" " * SHORT, b"a." * (SHORT // 2), b"~" * SHORT]
    texts += [token_of + b"WyJh~" * ((SHORT - len(token_of)) // 5), number.encode().rjust(SHORT, b"/")]
    for text in texts:
        begun = time.process_time()
        tracemalloc.start()
        judged(by_name()["jsonld"], text[:SHORT], keys)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert time.process_time() - begun < 5  # some ten times as long as without the tracing
        assert most < 32 * 1024 * 1024


def test_what_no_bound_foresees_is_stopped_by_the_limits() -> None:
    """A JPEG of 100 kB whose last scan, of 42 bytes, is repeated: each is a pass over every pixel."""
    made = BytesIO()
    Image.new("L", (5_000, 5_000), 200).save(made, "JPEG", progressive=True)
    whole = made.getvalue()
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    with pytest.raises(Stopped, match="longer than 1 second") as stopped:
        run_within(Limits(cpu=1, seconds=30), None, recognise, whole[:-2] + scan * 1_000 + whole[-2:])
    assert stopped.value.reason == "time"


def test_a_genuine_token_with_thousands_of_disclosures_is_refused(issued: World, number: str, keys: IssuerKeys) -> None:
    with pytest.raises(Unverifiable, match="at most 64 disclosures"):
        read(original(issued, number, "sd-jwt") + b"WyJh~" * 8_000, keys)


def test_what_takes_more_than_the_limits_is_not_checked_and_not_false(
    client: TestClient, issued: World, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = photograph(number, "PNG"), original(issued, number, "pdf")
    monkeypatch.setattr(confinement, "LIMITS", Limits(memory=16 * 1024 * 1024, cpu=5, seconds=10))
    found = presented(client, pictures[0])
    assert found["verdict"] == "not-checked"
    assert results(found)["form"] == "unknown"
    assert "plus de 16 Mo de mémoire" in found["checks"][0]["detail_fr"]
    assert "more than 16 MB of memory" in found["checks"][0]["detail_en"]
    monkeypatch.setattr(confinement, "LIMITS", Limits(memory=1024, cpu=5, seconds=10))
    found = presented(client, pictures[1])
    assert found["verdict"] == "not-checked"
    assert set(results(found).values()) <= {"passed", "unknown"}
    monkeypatch.undo()
    assert [presented(client, each)["verdict"] for each in pictures] == ["in-force"] * 2


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_photograph_of_the_most_pixels_is_read_within_the_limits(client: TestClient, number: str, kind: str) -> None:
    assert presented(client, photograph(number, kind))["verdict"] == "in-force"


def test_a_zip_file_that_is_too_large_is_not_checked(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(empty_members(40_000))
    trust = tmp_path / "trust.json"
    trust.write_bytes(bytes(TrustRoot("log", str(VerifierKey("log", key_of("log").public)), "00" * 32)))
    assert "30000 members" in run(tmp_path, "verify", str(path), "--trust", str(trust), code=3)
