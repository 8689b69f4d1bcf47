"""C2SP signed notes: a text and signature lines that name their key (c2sp.org/signed-note).

``parse`` re-formats what it read and compares, so a note has one encoding. Signatures of unknown keys
are ignored; the signature of a known key that fails condemns the note.
"""

import re
from base64 import b64decode, b64encode
from contextlib import suppress
from hashlib import sha256
from typing import Self

import msgspec

from ledger.errors import Unfit, Unverifiable
from ledger.points import is_ed25519
from ledger.signing.keys import SigningKey, verify_ed25519

ED25519 = 0x01
COSIGNATURE = 0x04  # Ed25519 with a time: a witness (c2sp.org/tlog-cosignature)
ML_DSA_44 = 0x06  # the same with FIPS 204 signatures, which a quantum computer cannot forge
PUBLIC_KEY_BYTES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
HINT_BYTES = 4
MAX_SIGNATURES = 100
MAX_NOTE_BYTES = 1_000_000
_CONTROL = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]")  # Unicode category Cc, but for the newline
_DASH = "\u2014"
_SIGNATURE_LINE = re.compile(rf"{_DASH} (?P<name>\S+) (?P<blob>[A-Za-z0-9+/]+={{0,2}})")


class NoteSignature(msgspec.Struct, frozen=True):
    """``hint`` is the first four bytes of the key's hash; ``blob`` what its type makes of a signature."""

    name: str
    hint: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"{_DASH} {self.name} {b64encode(self.hint + self.blob).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """One line, without its end. Raises ``Unverifiable``."""
        match = _SIGNATURE_LINE.fullmatch(line)
        if match is None or not is_key_name(match["name"]) or _CONTROL.search(match["name"]):
            raise _malformed("expected signature lines of the form: — name base64")
        try:
            blob = b64decode(match["blob"])  # which the whole note, formatted again, must equal
        except ValueError:
            raise _malformed("a signature is not base64") from None
        if len(blob) <= HINT_BYTES:
            raise _malformed("a signature is too short")
        return cls(match["name"], blob[:HINT_BYTES], blob[HINT_BYTES:])


class Note(msgspec.Struct, frozen=True):
    """``text`` ends with a newline."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signatures_of(self, key: "VerifierKey") -> list[NoteSignature]:
        """The signatures in the name of ``key``, valid or not."""
        return [s for s in self.signatures if (s.name, s.hint) == (key.name, key.hint)]

    def signed_too(self, *signatures: NoteSignature) -> "Note":
        """The same note with more signatures, each once."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))

    @classmethod
    def parse(cls, note: str) -> Self:
        """The note that is written exactly like this. Raises ``Unverifiable``."""
        # Split at the last blank line: the text may hold others.
        text, blank, lines = note.rpartition("\n\n")
        if len(note) > MAX_NOTE_BYTES or _CONTROL.search(text):
            raise _malformed("too long, or control characters")
        if not blank or not lines.endswith("\n"):
            raise _malformed("expected a text, an empty line and signature lines")
        signatures = tuple(map(NoteSignature.parse, lines[:-1].split("\n")))
        if len(signatures) > MAX_SIGNATURES:
            raise _malformed(f"more than {MAX_SIGNATURES} signatures")
        parsed = cls(text + "\n", signatures)
        if str(parsed) != note:
            raise _malformed("a signature line is not in its one form")
        return parsed


class VerifierKey(msgspec.Struct, frozen=True):
    """The public half of a note key: ``name+hex(hint)+base64(kind || public key)``; ``kind`` says how it signs."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def hint(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self._encoded).digest()[:HINT_BYTES]

    @property
    def _encoded(self) -> bytes:
        return bytes([self.kind]) + self.public

    def __str__(self) -> str:
        return f"{self.name}+{self.hint.hex()}+{b64encode(self._encoded).decode()}"

    @classmethod
    def parse(cls, text: str, *kinds: int) -> Self:
        """The key that is written exactly like this, of one of these kinds (Ed25519 if none). Raises ``Unfit``."""
        with suppress(ValueError):
            name, _, encoded = text.split("+", 2)
            kind, *public = b64decode(encoded, validate=True)
            key = cls(name, bytes(public), kind)
            is_wanted = kind in (kinds or (ED25519,)) and len(public) == PUBLIC_KEY_BYTES[kind]
            is_sound = kind == ML_DSA_44 or is_ed25519(key.public)
            if is_wanted and is_sound and is_key_name(name) and str(key) == text:
                return key
        raise Unfit(
            "expected a verifier key: name+hash+base64 of a key of the kind that is wanted here",
            "une clé de vérification du type voulu est attendue : nom+empreinte+base64",
        )


def is_key_name(name: str) -> bool:
    """A key name is not empty and holds no Unicode space and no plus sign."""
    return "+" not in name and name.split() == [name]


def sign_note(text: str, name: str, key: SigningKey) -> str:
    """The text, which must end with a newline, with one signature under ``name``."""
    hint = VerifierKey(name, key.public).hint
    return str(Note(text, (NoteSignature(name, hint, key.sign(text.encode())),)))


def open_note(note: str, key: VerifierKey) -> str:
    """The text that an Ed25519 ``key`` signed. Raises ``Unverifiable`` when its signature is missing or fails."""
    parsed = Note.parse(note)
    if not signatures_by(parsed, key):
        raise Unverifiable("note-unsigned", f"the note carries no signature of {key.name}")
    return parsed.text


def signatures_by(note: Note, key: VerifierKey) -> list[NoteSignature]:
    """The signatures of an Ed25519 ``key``, maybe none. Raises ``Unverifiable`` when one of them fails."""
    signatures = note.signatures_of(key)
    if not all(verify_ed25519(key.public, note.text.encode(), s.blob) for s in signatures):
        raise Unverifiable("note-signature-invalid", f"the signature of {key.name} does not hold")
    return signatures


def _malformed(why: str) -> Unverifiable:
    return Unverifiable("note-malformed", f"not a signed note: {why}")
