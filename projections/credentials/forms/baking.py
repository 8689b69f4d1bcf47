"""Baking: a credential inside an image, so that a badge carries its own proof.

In a PNG it is the text of one iTXt chunk, in an SVG one element. Anyone may hand in an image, so both are bounded
before they are parsed, and read strictly.
"""

import re
import zlib
from functools import lru_cache
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import msgspec

from ledger import strict_json
from ledger.errors import Unverifiable
from projections.credentials.proofs.jws import COMPACT

MAX_IMAGE_BYTES = 4 * 1024 * 1024
MAX_CREDENTIAL_BYTES = 1024 * 1024
MAX_CHUNKS = 4_096  # in a PNG; a usual chunk holds 8 KiB or more
MAX_TAGS = 20_000  # in an SVG: our badge has about 300
CACHED_IMAGES = 8  # of some 60 kB, one for each title, year and language
MAX_CACHED_BYTES = 256 * 1024  # with its credential: anyone may hand in larger ones, and each would be kept
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
# PNG (third edition), 11.3.3.4: keyword, null, compression flag and method, language and null, translation and null.
TEXT_HEADER = KEYWORD + b"\0\0\0\0\0"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
ELEMENT, SVG = f"{{{NAMESPACE}}}credential", "{http://www.w3.org/2000/svg}svg"

_NOT_IN_XML = re.compile("[\r\ufffe\uffff]")  # XML 1.0, 2.2 and 2.11: allowed in JSON, but lost or forbidden in XML
_DECLARATION = f' xmlns:openbadges="{NAMESPACE}"'
_OPENING = re.compile(r"""\s*(?:<\?xml [^<>]*\?>\s*)?<svg(?:\s+[\w:-]+="[^"<]*")*\s*(>)""")
_SECTION, _SECTION_AGAIN = ("<openbadges:credential><![CDATA[", "]]></openbadges:credential>"), "]]]]><![CDATA[>"
_BAKED = re.compile(
    r'<openbadges:credential(?: verify="[\w.-]+"/>|><!\[CDATA\[.*?\]\]></openbadges:credential>)', re.DOTALL
)


class _Chunk(msgspec.Struct, frozen=True):
    kind: bytes
    data: bytes

    @property
    def encoded(self) -> bytes:
        body = self.kind + self.data
        return len(self.data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    @property
    def is_credential(self) -> bool:
        return self.kind in (b"iTXt", b"tEXt", b"zTXt") and self.data.startswith(KEYWORD + b"\0")


def bake_png(image: bytes, credential: bytes | str) -> bytes:
    """The image with the credential, JSON or a compact JWS, instead of any that it had.

    Raises ``Unverifiable`` for an image that is not a PNG, ValueError for another credential.
    """
    baked = _Chunk(b"iTXt", TEXT_HEADER + _text(credential).encode())
    others = [chunk for chunk in _chunks(image) if not chunk.is_credential]
    return PNG_SIGNATURE + b"".join(chunk.encoded for chunk in (*others[:-1], baked, others[-1]))


def credential_in_png(data: bytes) -> str:
    """The credential baked into a PNG. Raises ``Unverifiable`` unless there is exactly one, uncompressed."""
    credentials = [chunk for chunk in _chunks(data) if chunk.is_credential]
    if len(credentials) != 1:
        raise Unverifiable("credential-missing", f"expected one credential in the PNG, not {len(credentials)}")
    (chunk,) = credentials
    # 5.3.1.1: the text is not compressed. Language and translation are not used, so they are empty.
    if chunk.kind != b"iTXt" or not chunk.data.startswith(TEXT_HEADER):
        raise Unverifiable("credential-malformed", "the credential in the PNG is not in a plain iTXt chunk")
    return _read(chunk.data[len(TEXT_HEADER) :])


def bake_svg(image: bytes, credential: bytes | str) -> bytes:
    """As :func:`bake_png`, for an SVG: JSON as character data, a compact JWS as an attribute.

    The image must begin with a plain ``<svg>``. A credential that it has is replaced if it was baked here.
    """
    text = _text(credential)
    if _NOT_IN_XML.search(text):
        raise ValueError("the credential has characters that XML does not keep")
    opening, rest = _opened(image)
    if COMPACT.fullmatch(text):
        element = f'<openbadges:credential verify="{text}"/>'
    else:
        # JSON may contain "]]>", which ends character data: one section ends inside it, and another begins.
        element = text.replace("]]>", _SECTION_AGAIN).join(_SECTION)
    return b"%b%b>%b%b" % (opening, _DECLARATION.encode(), element.encode(), rest)


@lru_cache(CACHED_IMAGES)
def _opened(image: bytes) -> tuple[bytes, bytes]:
    """What is before and after the end of the first tag, without a credential. Many are baked into the same image."""
    root, text = _svg(image)
    kept, baked = _BAKED.subn("", text, count=1)
    kept = kept.replace(_DECLARATION, "", 1)
    opening = _OPENING.match(kept)
    is_plain = len(list(root.iter(ELEMENT))) == baked and not re.search("openbadges[:=]", kept)
    if opening is None or not is_plain or NAMESPACE in kept:
        raise Unverifiable("svg-malformed", "not an SVG that can be baked")
    return kept[: opening.start(1)].encode(), kept[opening.end(1) :].encode()


def credential_in_svg(data: bytes) -> str:
    """The credential baked into an SVG. Raises ``Unverifiable`` unless there is exactly one, below the root."""
    _require_bounded(data)
    return _as_baked(data) or _parsed(data)


def _as_baked(data: bytes) -> str | None:
    """The JSON that :func:`bake_svg` put into an image, if it makes this file of both; None of any other file.

    Then the parser, which accepted the image without a credential, would find one element more. It reads the image
    once for all certificates of a title and year, and not each file of theirs.
    """
    if len(data) > MAX_CACHED_BYTES:
        return None
    before, _, rest = data.partition(_SECTION[0].encode())
    inside, _, after = rest.rpartition(_SECTION[1].encode())
    try:
        credential = inside.decode().replace(_SECTION_AGAIN, "]]>")
        image = before.replace(_DECLARATION.encode(), b"", 1) + after
        return credential.strip() if bake_svg(image, credential) == data else None
    except (Unverifiable, ValueError):
        return None


def _parsed(data: bytes) -> str:
    root, _ = _svg(data)
    credentials = list(root.iter(ELEMENT))
    if len(credentials) != 1 or root.find(ELEMENT) is None:
        raise Unverifiable("credential-missing", f"expected one credential in the SVG, not {len(credentials)}")
    (element,) = credentials
    body, verify = (element.text or "").strip(), element.get("verify")
    if len(element) or bool(body) == (verify is not None):
        raise Unverifiable("credential-malformed", "the credential in the SVG is neither a body nor an attribute")
    return _read((body if verify is None else verify).encode())


def _chunks(data: bytes) -> list[_Chunk]:
    """PNG (third edition), 5: IHDR first, IEND last, every CRC correct, and nothing after IEND."""
    if len(data) > MAX_IMAGE_BYTES:
        raise Unverifiable("image-too-large", f"an image may have {MAX_IMAGE_BYTES} bytes, not {len(data)}")
    if not data.startswith(PNG_SIGNATURE):
        raise Unverifiable("png-malformed", "not a PNG")
    chunks: list[_Chunk] = []
    at = len(PNG_SIGNATURE)
    while at < len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        chunk = _Chunk(data[at + 4 : at + 8], data[at + 8 : end])
        if data[at : end + 4] != chunk.encoded:
            raise Unverifiable("png-malformed", f"the PNG is cut short or damaged in the chunk at byte {at}")
        chunks.append(chunk)
        at = end + 4
        if len(chunks) > MAX_CHUNKS:
            raise Unverifiable("image-too-large", f"the PNG has more than {MAX_CHUNKS} chunks")
    kinds = [chunk.kind for chunk in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or kinds.count(b"IHDR") + kinds.count(b"IEND") != 2:
        raise Unverifiable("png-malformed", "the PNG does not begin with one IHDR and end with one IEND")
    return chunks


class _WithoutDoctype(TreeBuilder):
    def doctype(self, *_: object) -> NoReturn:
        raise ValueError("a document type is declared")  # where entities would be, which expand


def _require_bounded(data: bytes) -> None:
    if len(data) > MAX_IMAGE_BYTES or data.count(b"<") > MAX_TAGS:
        raise Unverifiable("image-too-large", f"an SVG may have {MAX_IMAGE_BYTES} bytes and {MAX_TAGS} tags")


def _svg(data: bytes) -> tuple[Element, str]:
    """The root element of an SVG, and its text."""
    _require_bounded(data)
    try:
        text = data.decode()
        parser = XMLParser(target=_WithoutDoctype())  # noqa: S314 - what is dangerous needs a doctype
        parser.feed(text)
        root = parser.close()
    except (ParseError, ValueError) as error:
        raise Unverifiable("svg-malformed", f"not an SVG: {error}") from None
    if root.tag != SVG:
        raise Unverifiable("svg-malformed", "not an SVG: another element is the first")
    return root, text


def _text(credential: bytes | str) -> str:
    try:
        return _read(credential if isinstance(credential, bytes) else credential.encode())
    except (Unverifiable, UnicodeEncodeError) as error:
        raise ValueError(f"cannot be baked: {error}") from None


def _read(credential: bytes) -> str:
    """The text of a credential: a JSON object, or a compact JWS (RFC 7515, 7.1)."""
    if len(credential) > MAX_CREDENTIAL_BYTES:
        raise Unverifiable("credential-too-large", f"a credential may have {MAX_CREDENTIAL_BYTES} bytes")
    try:
        text = credential.decode()
        if COMPACT.fullmatch(text) is None:
            strict_json.decode(credential, dict[str, Any])
    except ValueError as error:
        raise Unverifiable("credential-malformed", f"neither JSON nor a compact JWS: {error}") from None
    return text
