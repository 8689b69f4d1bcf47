"""Where the body's signing keys are: in a file, in an environment variable or in a device (PKCS #11).

A source is one line of text and holds no secret that it can avoid: it names where the passphrase or PIN is.
"""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ledger.errors import Unfit, Unreadable
from ledger.files import read_bounded
from ledger.signing.keys import MAX_PEM_BYTES
from ledger.words import Words
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from projections.credentials.keys.token_uri import TokenUri

try:
    from projections.credentials.keys.token_key import open_token_key
except ModuleNotFoundError:  # the extra pkcs11 is not installed

    def open_token_key(uri: TokenUri) -> IssuerKey:
        raise Unfit(
            f"{uri}: a key in a device needs the extra pkcs11: pip install 'pca-ledger[pkcs11]'",
            f"{uri} : une clé dans un dispositif requiert l’extra pkcs11, pip install 'pca-ledger[pkcs11]'",
        )


EXPECTED = Words(
    "expected a key source: file:PATH, env:NAME or a pkcs11: URI",
    "une source de clé est attendue : file:CHEMIN, env:NOM ou un URI pkcs11:",
)
PASSPHRASE = "?passphrase-env="  # noqa: S105 - names where the passphrase is


def load(source: str) -> IssuerKey:
    """The key of ``file:PATH``, ``file:PATH?passphrase-env=NAME``, ``env:NAME`` or ``pkcs11:...?module-path=...``.

    Raises OSError, and ``Unreadable``, which says what was expected and never repeats a secret.
    """
    scheme, _, rest = source.partition(":")
    match scheme:
        case "file":
            path, _, variable = rest.partition(PASSPHRASE)
            pem = read_bounded(Path(path), MAX_PEM_BYTES)
            return _from_pem(path, pem, _from_environment(variable).encode() if variable else None)
        case "env":
            return _from_pem(f"environment variable {rest}", _from_environment(rest).encode(), None)
        case "pkcs11":
            return open_token_key(TokenUri.parse(source))
        case _:
            raise Unfit(*EXPECTED)


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Unfit(
            f"environment variable {name}: expected it to be set",
            f"variable d’environnement {name} : elle n’est pas définie",
        )
    return value


def _from_pem(where: str, pem: bytes, passphrase: bytes | None) -> LocalKey:
    en = f"{where}: expected a PKCS #8 private key in PEM, Ed25519 or on P-256"
    fr = f"{where} : une clé privée PKCS #8 en PEM, Ed25519 ou P-256, est attendue"
    if len(pem) > MAX_PEM_BYTES or b"-----BEGIN " not in pem:
        raise Unreadable(en, fr)
    try:
        return LocalKey(load_pem_private_key(pem, passphrase))
    except TypeError:  # the library raises it for a passphrase that is missing or not needed
        if passphrase is not None:
            raise Unreadable(f"{en}, without a passphrase", f"{fr}, sans phrase secrète") from None
        raise Unreadable(
            f"{en}, or its passphrase ({PASSPHRASE}NAME)", f"{fr}, ou sa phrase secrète ({PASSPHRASE}NOM)"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        if passphrase is not None:
            raise Unreadable(f"{en}, and its passphrase", f"{fr}, ainsi que sa phrase secrète") from None
        raise Unreadable(en, fr) from None
