"""The verification bundle: all that a third party needs to check one certificate offline, as one file.

It holds the statements of the certification, and those that make its signers officers, back to the
founding of the ledger; each with its proof of inclusion under one signed checkpoint; what the log states
about the ends of those streams; and the disclosures that the holder chose. It never holds the trust root.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ledger import strict_json
from ledger.domain.events.certification import DOCUMENTS
from ledger.domain.record import Fact
from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES
from ledger.signing.envelope import MAX_ENTRY_BYTES

MEDIA_TYPE = "application/vnd.pca-ledger.bundle.v1+json"
MAX_BUNDLE_BYTES = 8 * 1024 * 1024
MAX_STATEMENTS = 10_000
MAX_DISCLOSURES = 100  # a certificate has some two details of its holder
MAX_PATH = 64  # a tree of 2^64 leaves


class Included(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement's exact bytes, its leaf index, and its path to the root of the checkpoint."""

    index: Annotated[int, msgspec.Meta(ge=0)]
    envelope: bytes
    path: tuple[bytes, ...]


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The earliest witnessed checkpoint that covers the certificate, and the certificate's path to its root."""

    checkpoint: str
    path: tuple[bytes, ...]


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``checkpoint`` and ``heads`` are signed notes; bytes are base64; statements come in log order.

    ``first`` bounds when the certificate was recorded; it is left out where ``checkpoint`` does so as well.
    """

    format: Literal["pca-ledger-bundle/v1"] = "pca-ledger-bundle/v1"
    number: str
    checkpoint: str
    heads: str
    statements: tuple[Included, ...]
    disclosures: tuple[str, ...]
    first: Seen | UnsetType = UNSET

    def __bytes__(self) -> bytes:
        """The bundle as it is issued: the fields in this order, each on a line of its own."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> "Bundle":
        """The bundle, bounded in size before anything is decoded. Raises ``Unverifiable``.

        The order and spacing of its JSON prove nothing, so another program may have written it anew. Its values have
        one form: each name once, whole numbers, base64 as it is encoded.
        """
        if len(data) > MAX_BUNDLE_BYTES:
            raise Unverifiable("bundle-too-large", f"a bundle has at most {MAX_BUNDLE_BYTES} bytes, not {len(data)}")
        try:
            values = strict_json.parse(data)
            bundle = msgspec.json.decode(data, type=cls)
        except ValueError as error:
            raise Unverifiable("bundle-malformed", f"not a verification bundle: {error}") from None
        if msgspec.json.encode(values, order="sorted") != msgspec.json.encode(bundle, order="sorted"):
            raise Unverifiable("bundle-malformed", "expected every field, whole numbers, and base64 in its one form")
        if len(bundle.statements) > MAX_STATEMENTS:
            raise Unverifiable("bundle-malformed", f"statements: expected at most {MAX_STATEMENTS}")
        if len(bundle.disclosures) > MAX_DISCLOSURES:
            raise Unverifiable("bundle-malformed", f"disclosures: expected at most {MAX_DISCLOSURES}")
        for number, included in enumerate(bundle.statements):
            if len(included.envelope) > MAX_ENTRY_BYTES:
                raise Unverifiable("bundle-malformed", f"statements[{number}].envelope: too large")
            _require_path(included.path, f"statements[{number}].path")
        if bundle.first is not UNSET:
            _require_path(bundle.first.path, "first.path")
        return bundle


def _require_path(path: tuple[bytes, ...], field: str) -> None:
    if len(path) > MAX_PATH or any(len(digest) != HASH_BYTES for digest in path):
        raise Unverifiable("bundle-malformed", f"{field}: expected at most {MAX_PATH} hashes of 32 bytes")


def is_of_certificate(facts: Fact, number: str) -> bool:
    """Whether this statement issued the certificate of that number."""
    return isinstance(facts, DOCUMENTS) and facts.certificate.number == number
