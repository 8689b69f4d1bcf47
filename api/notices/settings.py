"""The mail server, as the environment names it. Without one no notice is queued or sent."""

import os
import re
from pathlib import Path
from typing import Literal, NamedTuple, Self, cast
from urllib.parse import unquote, urlsplit

import msgspec

from ledger.errors import Unfit
from ledger.files import read_bounded
from ledger.words import LANGUAGES, Language

SMTP = "PCA_LEDGER_SMTP"
PASSWORD_FILE = "PCA_LEDGER_SMTP_PASSWORD_FILE"  # noqa: S105 - the name of a variable
SENDER = "PCA_LEDGER_MAIL_FROM"
BOUNCES = "PCA_LEDGER_MAIL_BOUNCES"
RATE = "PCA_LEDGER_MAIL_RATE"
LANGUAGE = "PCA_LEDGER_MAIL_LANGUAGE"
MOST_A_MINUTE = 30
MAX_PASSWORD_BYTES = 1024
MAX_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
Security = Literal["plain", "starttls", "tls"]
SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("plain", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
# RFC 5321 and 6531: a dot-atom, and a domain of labels. A quoted local part is nobody's.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LABEL = r"[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9\u0080-\U0010ffff-]*[A-Za-z0-9\u0080-\U0010ffff])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)")


class Address(NamedTuple):
    """An address of mail: its domain is in ASCII."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address to which mail can be sent. Raises ValueError."""
        found = _ADDRESS.fullmatch(text) if len(text) <= MAX_ADDRESS and text.isprintable() else None
        if found is None:
            raise ValueError(f"{text!r} is not an address of mail")
        return cls(found[1], found[2].encode("idna").decode())


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """``bounces`` is the address that reports of failed deliveries return to; None when nobody reads them.

    ``language`` is that of people who chose none.
    """

    host: str
    port: int
    security: Security
    sender: Address
    user: str = ""
    password: str = ""
    bounces: Address | None = None
    most_a_minute: int = MOST_A_MINUTE
    language: Language = "en"

    @classmethod
    def from_environment(cls) -> Self | None:
        """Read the settings; None when PCA_LEDGER_SMTP is not set. Raises ``Unfit`` naming the variable."""
        text = os.environ.get(SMTP, "")
        if not text:
            return None
        host, port, security, user = _server(text)
        password = _password(os.environ.get(PASSWORD_FILE, ""))
        if bool(user) != bool(password):
            raise _unfit(
                PASSWORD_FILE,
                f"expected a user in {SMTP} and a file with the password, or neither",
                f"attendu : un nom d’utilisateur dans {SMTP} et un fichier contenant le mot de passe, ou ni l’un ni "
                "l’autre",
            )
        if user and security == "plain":
            raise _unfit(
                SMTP,
                "a password needs smtps:// or smtp+starttls://",
                "un mot de passe exige smtps:// ou smtp+starttls://",
            )
        bounces = os.environ.get(BOUNCES, "")
        return cls(
            host=host,
            port=port,
            security=security,
            user=user,
            password=password,
            sender=_address(SENDER, os.environ.get(SENDER, "")),
            bounces=_address(BOUNCES, bounces) if bounces else None,
            most_a_minute=_rate(os.environ.get(RATE) or str(MOST_A_MINUTE)),
            language=_language(os.environ.get(LANGUAGE) or "en"),
        )

    def envelope_sender(self, notice_id: str) -> str:
        """Return where reports of a notice return to: an address of its own, if anybody reads them (VERP)."""
        if self.bounces is None:
            return str(self.sender)
        return f"{self.bounces.local}+{notice_id}@{self.bounces.domain}"


def _server(text: str) -> tuple[str, int, Security, str]:
    try:
        parts = urlsplit(text)
        security, usual = SCHEMES[parts.scheme]
        port = parts.port or usual
        is_one = parts.hostname and parts.password is None and parts.path in ("", "/") and not parts.query
        if not is_one:
            raise ValueError
    except (KeyError, ValueError):
        raise _unfit(
            SMTP,
            "expected smtps://, smtp+starttls:// or smtp://, then a host, such as smtps://user@mail.example.org:465; "
            f"the password is in the file that {PASSWORD_FILE} names",
            "attendu : smtps://, smtp+starttls:// ou smtp:// suivi d’un hôte, par exemple "
            "smtps://user@mail.example.org:465 ; le mot de passe se trouve dans le fichier désigné par "
            f"{PASSWORD_FILE}",
        ) from None
    return cast(str, parts.hostname), port, security, unquote(parts.username or "")


def _password(path: str) -> str:
    if not path:
        return ""
    try:
        password = read_bounded(Path(path), MAX_PASSWORD_BYTES).decode().rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise _unfit(
            PASSWORD_FILE, f"cannot be read: {type(error).__name__}", f"fichier illisible ({type(error).__name__})"
        ) from None
    if not password.isprintable() or not password:
        raise _unfit(PASSWORD_FILE, "expected one line of text", "une ligne de texte est attendue")
    return password


def _address(variable: str, text: str) -> Address:
    try:
        address = Address.parse(text)
    except ValueError:
        address = None
    if address is None or not str(address).isascii():
        raise _unfit(
            variable,
            "expected an address such as register@example.org",
            "une adresse telle que registre@example.org est attendue",
        )
    return address


def _rate(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 6000):
        raise _unfit(
            RATE, "expected messages a minute, 1 to 6000", "nombre de messages par minute attendu, de 1 à 6000"
        )
    return int(text)


def _language(text: str) -> Language:
    if text not in LANGUAGES:
        raise _unfit(LANGUAGE, "expected en or fr", "en ou fr est attendu")
    return text


def _unfit(variable: str, en: str, fr: str) -> Unfit:
    return Unfit(f"{variable}: {en}", f"{variable} : {fr}")
