"""Text that another program saved in another encoding, as the UTF-8 that it was."""

import codecs
import re

_PROBE = 64  # bytes that tell UTF-16 without a mark: of every letter of a credential, one of its two bytes is zero
_DECLARED = re.compile(rb"""\A(<\?xml[^>]{0,200}?)\s+encoding=["'][\w.-]{1,40}["']""")


def as_utf8(data: bytes) -> bytes:
    """Returns text in UTF-8 without a byte order mark; ``data`` itself when it is neither UTF-8 nor UTF-16."""
    if data.startswith(codecs.BOM_UTF8):
        return data.removeprefix(codecs.BOM_UTF8)
    encoding = _utf16(data)
    if encoding is None:
        return data
    try:
        text = data.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeError:
        return data
    return _DECLARED.sub(rb"\1", text)  # the declaration of an SVG names the encoding that it had


def _utf16(data: bytes) -> str | None:
    even, odd = data[:_PROBE:2], data[1:_PROBE:2]
    if data.startswith(codecs.BOM_UTF16_LE) or (odd and not any(odd) and all(even)):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE) or (even and not any(even) and all(odd)):
        return "utf-16-be"
    return None
