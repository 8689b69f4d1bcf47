"""Others read our tokens: jose the VC-JWT, the OpenWallet Foundation's library the SD-JWT VC. We read what it shows."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Unverifiable
from projections.credentials.forms import sd_jwt
from projections.credentials.keys.seal_chain import verify_chain
from projections.credentials.proofs import vc_jwt
from projections.credentials.proofs.jws import jwk
from projections.credentials.status import token_list
from projections.credentials.status.token_list import TokenList
from tests.programs import program
from tests.projections.credentials.forms.test_sd_jwt import TOKEN
from tests.projections.credentials.jose import CHAIN, ISSUER, KEY, NOW, OTHER, STATUS, resigned
from tests.projections.credentials.proofs import test_vc_jwt

FILES = Path(__file__).parent / "javascript"
VC_JWT = test_vc_jwt.TOKEN
NOBODY = TokenList(issuer=ISSUER, number=STATUS.number, moment=NOW, head=None).claims({})
STATUS_LIST = token_list.sign(NOBODY, KEY, CHAIN)


def altered_at(token: str, place: int) -> str:
    """The token with another character at this place."""
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


ALTERED: dict[str, list[str]] = {
    "sdJwt": [altered_at(TOKEN, 500), TOKEN.replace("~W", "~X", 1), TOKEN.partition("~")[0][:-4] + "AAAA~"],
    # Header, payload and signature in turn. The last character of all has bits that only we heed.
    "vcJwt": [
        *(altered_at(VC_JWT, place) for place in range(0, len(VC_JWT) - 1, 7)),
        vc_jwt.sign(test_vc_jwt.DOCUMENT, OTHER, test_vc_jwt.KID),
        VC_JWT.rpartition(".")[0] + ".",
        resigned(VC_JWT, header=b'{"alg":"none","typ":"JWT"}'),
    ],
}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the libraries made of our tokens. They are installed from the lock file, and no script of theirs is run."""
    node, npm = program("node"), program("npm")
    folder = tmp_path_factory.mktemp("javascript")
    for name in ("package.json", "package-lock.json", "read_tokens.mjs"):
        shutil.copy(FILES / name, folder)
    install = (npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr
    asked = {
        "vcJwt": VC_JWT,
        "sdJwt": TOKEN,
        "altered": ALTERED,
        "jwk": jwk(KEY.public),
        "statusLists": {ISSUER.token_status_list(STATUS.number): STATUS_LIST},
        "seconds": int(NOW.timestamp()),
    }
    done = subprocess.run(
        (node, "read_tokens.mjs"), cwd=folder, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def trusted(chain: tuple[bytes, ...]) -> bytes:
    return verify_chain(chain, [CHAIN[1]], NOW)


def test_jose_reads_the_same_credential(read: dict[str, Any]) -> None:
    assert read["vcJwt"] == test_vc_jwt.CLAIMS


def test_a_wallet_reads_the_same_claims(read: dict[str, Any]) -> None:
    assert read["sdJwt"] == sd_jwt.verify_sd_jwt(TOKEN, trusted)


def test_we_read_what_a_wallet_presents(read: dict[str, Any]) -> None:
    shown = sd_jwt.verify_sd_jwt(read["presented"], trusted)
    assert shown["name"] == "Awa Exemple"
    assert "achieved_level" not in shown["scope"][0]


READ: dict[str, Callable[[str], Any]] = {
    "sdJwt": lambda token: sd_jwt.verify_sd_jwt(token, trusted),
    "vcJwt": lambda token: vc_jwt.verify_vc_jwt(token, test_vc_jwt.key_of),
}


@pytest.mark.parametrize("form", ALTERED)
def test_what_is_altered_is_refused_by_others_as_by_us(read: dict[str, Any], form: str) -> None:
    assert read["refused"][form] == [True] * len(ALTERED[form])
    for token in ALTERED[form]:
        with pytest.raises(Unverifiable):
            READ[form](token)
