"""One version of a scheme as one file, so that a programme can be carried to another register and started from there.

The file is JSON in one form: names in alphabetical order, indented by two spaces. What is read is bounded in size, is
JSON as every parser reads it alike, and has each field of a version in its form; a file files nothing.
"""

import msgspec

from api.console.forms.fields import fields_of
from api.console.forms.typed import MAX_ROWS
from ledger import strict_json
from ledger.domain.events.scheme import SchemeEstablished, SchemeVersionDrafted, SchemeVersionDraftedV1
from ledger.domain.form import require_form
from ledger.domain.refusal import Refused
from ledger.domain.states.scheme import as_current
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.signing.canonical import encode
from ledger.words import Words

DRAFT = BY_COMMAND_NAME["draft-scheme-version"]
MAX_BYTES = 128 * 1024  # a statement has at most 64 kB, and a version is one


class NoSchemeFile(Exception):
    """A file is not what was expected."""

    def __init__(self, en: str, fr: str) -> None:
        super().__init__(en)
        self.words = Words(en, fr)


class _Established(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="format"):
    scheme_id: str
    title_en: str
    title_fr: str
    domain: str


class SchemeFile(_Established, frozen=True, kw_only=True, tag="pca-ledger-scheme/v2"):
    """A scheme as it was established, and one of its versions."""

    content: SchemeVersionDrafted


class _EarlierFile(_Established, frozen=True, kw_only=True, tag="pca-ledger-scheme/v1"):
    content: SchemeVersionDraftedV1


def written(scheme_id: str, established: SchemeEstablished, content: SchemeVersionDrafted) -> bytes:
    """Return the file of a version: the same bytes each time."""
    file = SchemeFile(
        scheme_id=scheme_id,
        title_en=established.title_en,
        title_fr=established.title_fr,
        domain=established.domain,
        content=content,
    )
    return msgspec.json.format(encode(file), indent=2) + b"\n"


def read(data: bytes) -> SchemeFile:
    """Return what a file of either format says. Raises ``NoSchemeFile`` naming the path of what was expected."""
    if not data:
        raise NoSchemeFile("choose a file", "choisissez un fichier")
    if len(data) > MAX_BYTES:
        raise NoSchemeFile(
            f"the file has {len(data)} bytes: expected at most {MAX_BYTES}",
            f"le fichier compte {len(data)} octets\N{NO-BREAK SPACE}: {MAX_BYTES} au plus sont attendus",
        )
    try:
        decoded: SchemeFile | _EarlierFile = msgspec.convert(strict_json.parse(data), SchemeFile | _EarlierFile)
        file = _current(decoded) if isinstance(decoded, _EarlierFile) else decoded
        _require_rows(file.content)
        require_form(file)
    except ValueError as error:
        raise NoSchemeFile(
            f"expected a scheme file of the format pca-ledger-scheme/v2: {error}",
            f"un fichier de programme au format pca-ledger-scheme/v2 est attendu ({error})",
        ) from None
    except Refused as refused:
        raise NoSchemeFile(*refused.words) from None
    return file


def _current(file: _EarlierFile) -> SchemeFile:
    same = {field: getattr(file, field) for field in _Established.__struct_fields__}
    return SchemeFile(**same, content=as_current(file.content))


def _require_rows(content: SchemeVersionDrafted) -> None:
    for group in (field.name for field in fields_of(DRAFT) if field.kind == "rows"):
        if len(getattr(content, group)) > MAX_ROWS:
            raise Refused(
                "malformed",
                field=f"content.{group}",
                expected=Words(f"at most {MAX_ROWS} rows", f"{MAX_ROWS} lignes au plus"),
            )
