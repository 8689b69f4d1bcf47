"""Credentials in images are read back as they were baked, and malformed images are refused."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ledger.errors import Unverifiable
from ledger.signing.canonical import encode_untyped
from projections.credentials.forms import badge, baking
from projections.credentials.forms.baking import (
    MAX_CACHED_BYTES,
    MAX_CREDENTIAL_BYTES,
    MAX_IMAGE_BYTES,
    PNG_SIGNATURE,
    TEXT_HEADER,
    bake_png,
    bake_svg,
    credential_in_png,
    credential_in_svg,
)
from tests.projections.credentials.specimen import FACTS

PNG, SVG = badge.png(FACTS, official=False), badge.svg(FACTS, official=False)
JWS = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln_-"
texts = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"))
credentials = st.one_of(
    st.dictionaries(st.text("ab"), texts | st.sampled_from(["]]>", "]]]>>", "<![CDATA[", "--><script>"])).map(
        encode_untyped
    ),
    st.from_regex(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", fullmatch=True).map(str.encode),
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def with_chunks(*chunks: bytes) -> bytes:
    return PNG[:-12] + b"".join(chunks) + PNG[-12:]


@given(credentials)
def test_what_is_baked_is_read_back(credential: bytes) -> None:
    assert credential_in_png(bake_png(PNG, credential)) == credential.decode()
    assert credential_in_svg(bake_svg(SVG, credential)) == credential.decode()


@given(credentials, credentials)
def test_baking_again_replaces(first: bytes, second: bytes) -> None:
    assert bake_png(bake_png(PNG, first), second) == bake_png(PNG, second)
    assert bake_svg(bake_svg(SVG, first), second) == bake_svg(SVG, second)


def test_a_baked_png_is_the_same_image_to_others() -> None:
    baked = Image.open(BytesIO(bake_png(PNG, JWS)))
    assert baked.text == {"openbadgecredential": JWS}  # type: ignore[attr-defined]  # of PNG
    assert baked.tobytes() == Image.open(BytesIO(PNG)).tobytes()


def test_a_baked_svg_names_the_credential_first() -> None:
    opening, rest = bake_svg(SVG, b'{"a":1}').decode().split(">", 1)
    assert opening.endswith(' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"')
    assert rest.startswith('<openbadges:credential><![CDATA[{"a":1}]]></openbadges:credential><title>')
    assert f'><openbadges:credential verify="{JWS}"/><title>'.encode() in bake_svg(SVG, JWS)


@pytest.mark.parametrize("credential", ["", "text", "[]", "{", "a.b", "a.b.c.d", '"a.b.c"', b"\xff.b.c", "\ud800"])
def test_only_json_or_a_compact_jws_is_baked(credential: str | bytes) -> None:
    for bake, image in ((bake_png, PNG), (bake_svg, SVG)):
        with pytest.raises(ValueError, match="cannot be baked"):
            bake(image, credential)


@pytest.mark.parametrize("text", ['{"a":\r1}', '{"a":"\uffff"}'])
def test_what_xml_does_not_keep_is_not_baked_into_it(text: str) -> None:
    assert credential_in_png(bake_png(PNG, text)) == text
    with pytest.raises(ValueError, match="XML does not keep"):
        bake_svg(SVG, text)


BAKED = bake_png(PNG, JWS)
PLAIN = chunk(b"iTXt", TEXT_HEADER + JWS.encode())
FAULTY_PNGS = {
    "empty": (b"", "not a PNG"),
    "not a PNG": (b"GIF89a", "not a PNG"),
    "only its signature": (PNG_SIGNATURE, "does not begin"),
    "not baked": (PNG, "not 0"),
    "baked twice": (with_chunks(PLAIN, PLAIN), "not 2"),
    "baked in two kinds of chunk": (with_chunks(PLAIN, chunk(b"tEXt", b"openbadgecredential\0" + b"{}")), "not 2"),
    "compressed": (
        with_chunks(chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(JWS.encode()))),
        "plain",
    ),
    "a language": (with_chunks(chunk(b"iTXt", b"openbadgecredential\0\0\0fr\0\0" + JWS.encode())), "plain"),
    "tEXt": (with_chunks(chunk(b"tEXt", b"openbadgecredential\0" + JWS.encode())), "plain"),
    "zTXt": (with_chunks(chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(JWS.encode()))), "plain"),
    "no JSON": (with_chunks(chunk(b"iTXt", TEXT_HEADER + b"hello")), "neither JSON"),
    "no UTF-8": (with_chunks(chunk(b"iTXt", TEXT_HEADER + b'{"a":"\xff"}')), "neither JSON"),
    "a list": (with_chunks(chunk(b"iTXt", TEXT_HEADER + b"[]")), "neither JSON"),
    "deep": (with_chunks(chunk(b"iTXt", TEXT_HEADER + b'{"a":' * 100_000)), "neither JSON"),
    "large": (with_chunks(chunk(b"iTXt", TEXT_HEADER + b" " * MAX_CREDENTIAL_BYTES + b"{}")), "may have"),
    "a large image": (with_chunks(PLAIN) + bytes(MAX_IMAGE_BYTES), "may have"),
    "many chunks": (with_chunks(*[chunk(b"tEXt", b"")] * 5000), "more than"),
    "cut short": (BAKED[:-1], "cut short"),
    "without an end": (BAKED[:-12], "does not begin"),
    "something behind": (BAKED + b"\0", "cut short"),
    "an image behind": (BAKED + PNG, "cut short"),
    "a chunk behind": (BAKED + PLAIN, "does not begin"),
    "two ends": (BAKED + PNG[-12:], "does not begin"),
    "a wrong CRC": (BAKED[:-1] + b"\0", "damaged"),
    "a wrong byte": (BAKED.replace(JWS.encode(), JWS[:-1].encode() + b"A"), "damaged"),
    "a length beyond the end": (BAKED[:-12] + b"\xff\xff\xff\xffIEND\xae\x42\x60\x82", "cut short"),
    "text first": (PNG_SIGNATURE + PLAIN + PNG[8:], "does not begin"),
}


@pytest.mark.parametrize("fault", FAULTY_PNGS)
def test_a_png_with_one_fault_is_refused(fault: str) -> None:
    data, says = FAULTY_PNGS[fault]
    with pytest.raises(Unverifiable, match=says):
        credential_in_png(data)


NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
ONE = '<openbadges:credential verify="a.b.c"/>'


def svg(body: str, before: str = "", name: str = "svg") -> bytes:
    return f"{before}<{name} {NAMESPACES}>{body}</{name}>".encode()


FAULTY_SVGS = {
    "empty": (b"", "not an SVG"),
    "no XML": (b"<svg", "not an SVG"),
    "another element": (svg(ONE, name="g"), "another element"),
    "of no namespace": (b"<svg/>", "another element"),
    "not baked": (SVG, "not 0"),
    "baked twice": (svg(ONE + ONE), "not 2"),
    "another, hidden deeper": (svg(f"{ONE}<g>{ONE}</g>"), "not 2"),
    "not where it belongs": (svg(f"<g>{ONE}</g>"), "expected one"),
    "of another namespace": (svg(ONE).replace(b"purl", b"pirl"), "not 0"),
    "empty credential": (svg("<openbadges:credential/>"), "neither a body"),
    "both": (svg('<openbadges:credential verify="a.b.c">{}</openbadges:credential>'), "neither a body"),
    "elements within": (svg("<openbadges:credential>{}<a/></openbadges:credential>"), "neither a body"),
    "no JSON": (svg("<openbadges:credential>hello</openbadges:credential>"), "neither JSON"),
    "a document type": (svg(ONE, before="<!DOCTYPE svg>"), "not an SVG"),
    "entities": (
        svg("<openbadges:credential>&a;</openbadges:credential>", before='<!DOCTYPE svg [<!ENTITY a "{}">]>'),
        "not an SVG",
    ),
    "a file named": (
        svg(
            "<openbadges:credential>&a;</openbadges:credential>",
            before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        ),
        "not an SVG",
    ),
    "another encoding": (svg(ONE).decode().encode("utf-16"), "not an SVG"),
    "a null": (svg(ONE + "\0"), "not an SVG"),
    "large": (svg(ONE + " " * MAX_IMAGE_BYTES), "may have"),
    "many elements": (svg(ONE + "<g/>" * 20_000), "may have"),
    "something behind": (svg(ONE) + b"x", "not an SVG"),
}


@pytest.mark.parametrize("fault", FAULTY_SVGS)
def test_an_svg_with_one_fault_is_refused(fault: str) -> None:
    data, says = FAULTY_SVGS[fault]
    with pytest.raises(Unverifiable, match=says):
        credential_in_svg(data)


def test_others_bake_in_other_ways() -> None:
    assert credential_in_svg(svg('<openbadges:credential>\n<![CDATA[{"a":1}]]>\n</openbadges:credential>')) == '{"a":1}'
    assert (
        credential_in_svg(svg(f"<title>first</title>{ONE}", before='<?xml version="1.0"?>\n<!-- by hand -->'))
        == "a.b.c"
    )
    assert credential_in_svg(svg(ONE).replace(b"openbadges:", b"x:").replace(b":openbadges", b":x")) == "a.b.c"


@pytest.mark.parametrize("image", [b"", b"<svg", b"<svg/>", svg("", before="<!-- -->"), svg(ONE.replace('"', "'"))])
def test_an_image_that_is_not_plain_is_not_baked(image: bytes) -> None:
    with pytest.raises(Unverifiable, match="SVG"):
        bake_svg(image, JWS)
    with pytest.raises(Unverifiable, match="PNG"):
        bake_png(image, JWS)


def parsed(data: bytes) -> str:
    """The credential as the parser of XML finds it, which ``credential_in_svg`` asks of other files only."""
    with patch.object(baking, "_as_baked", return_value=None):
        return credential_in_svg(data)


def outcome(read: Callable[[bytes], str], data: bytes) -> str:
    try:
        return read(data)
    except Unverifiable as error:
        return error.code


SECTION = b'<openbadges:credential><![CDATA[{"a":1}]]></openbadges:credential>'
BAKED_SVG = bake_svg(SVG, b'{"a":1}')
OTHERWISE = b'xmlns:x="https://purl&#46;imsglobal.org/ob/v3p0"'
NOT_AS_BAKED = {
    "two credentials": BAKED_SVG.replace(SECTION, SECTION * 2),
    "another credential under another prefix": BAKED_SVG.replace(b"<svg ", b"<svg %b " % OTHERWISE).replace(
        SECTION, SECTION + b'<x:credential verify="a.b.c"/>'
    ),
    "another credential in a group": BAKED_SVG.replace(SECTION, SECTION + b"<g>%b</g>" % SECTION),
    "a prefix declared twice": BAKED_SVG.replace(b"<svg ", b'<svg xmlns:openbadges="urn:x" '),
    "a credential further down": BAKED_SVG.replace(SECTION, b"").replace(b"</svg>", SECTION + b"</svg>"),
    "a credential in a comment": BAKED_SVG.replace(SECTION, b"<!--" + SECTION + b"-->"),
    "a document type": b"<!DOCTYPE svg>" + BAKED_SVG,
    "an end that is missing": BAKED_SVG.removesuffix(b"</svg>"),
    "no declaration": BAKED_SVG.replace(b' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"', b""),
    "space in the section": BAKED_SVG.replace(b'[{"a":1}]', b'[ {"a":1}\n]'),
    "no JSON": BAKED_SVG.replace(b'{"a":1}', b'{"a":1,"a":2}'),
    "what XML does not keep": BAKED_SVG.replace(b'{"a":1}', b'{"a":\r1}'),
    "large": BAKED_SVG.replace(b'{"a":1}', b'{"a":%b1}' % (b" " * MAX_IMAGE_BYTES)),
    "large by the credential": BAKED_SVG + b" " * (MAX_IMAGE_BYTES + 1 - len(BAKED_SVG)),
}


@pytest.mark.parametrize("difference", NOT_AS_BAKED)
def test_a_file_that_was_not_baked_here_is_judged_by_the_parser_alone(difference: str) -> None:
    data = NOT_AS_BAKED[difference]
    assert outcome(credential_in_svg, data) == outcome(parsed, data)


@given(credentials, st.binary(max_size=20), st.integers(0, 3000))
def test_a_known_image_is_read_as_the_parser_reads_it(credential: bytes, noise: bytes, at: int) -> None:
    baked = bake_svg(SVG, credential)
    for data in (baked, baked[:at] + noise + baked[at:], baked[:at] + noise + baked[at + len(noise) :]):
        assert outcome(credential_in_svg, data) == outcome(parsed, data)


def test_the_image_of_many_certificates_is_parsed_once() -> None:
    credential_in_svg(BAKED_SVG)
    with patch.object(baking, "_svg", side_effect=AssertionError("parsed again")):
        assert credential_in_svg(bake_svg(SVG, b'{"another":1}')) == '{"another":1}'


def test_an_image_that_is_larger_than_any_of_ours_is_not_kept() -> None:
    """Whoever hands in images of the largest size would have each kept, and ours forgotten."""
    large = BAKED_SVG.replace(b"</svg>", b" " * MAX_CACHED_BYTES + b"</svg>")
    with patch.object(baking, "_opened", side_effect=AssertionError("kept")):
        assert credential_in_svg(large) == '{"a":1}'


@given(st.binary(max_size=300), st.integers(0, 3000))
def test_whatever_an_image_holds_it_is_read_or_refused(noise: bytes, at: int) -> None:
    for baked, read in ((BAKED, credential_in_png), (bake_svg(SVG, JWS), credential_in_svg)):
        with suppress(Unverifiable):
            assert read(baked[:at] + noise + baked[at + len(noise) :])
