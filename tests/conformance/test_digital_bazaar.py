"""Another party's verifier (npm, Digital Bazaar's vc) accepts what we sign, and refuses whatever was altered in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.credentials import json_ld, multikey, open_badge, status_list
from api.credentials.data_integrity import sign, verify
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from tests.credentials.altering import altered, bytes_altered
from tests.credentials.awarded import AWARD, BRIEF, ISSUED, ISSUER, KEY, METHOD, STATUS, public_key

HERE = Path(__file__).parent / "js"
SECONDS = 300

Credential = dict[str, Any]


class Answer(msgspec.Struct, frozen=True):
    verified: bool
    error: str


BADGE = sign(open_badge.document(AWARD, ISSUER, STATUS), KEY, METHOD, ISSUED)
BRIEF_BADGE = sign(open_badge.document(BRIEF, ISSUER, STATUS), KEY, METHOD, ISSUED)
LIST = sign(
    status_list.document(
        ISSUER,
        "revocation",
        0,
        [3, 94567],
        ISSUED,
        ISSUED + timedelta(days=7),
        timedelta(minutes=5),
        Checkpoint("log.pca.example", 1234, bytes(32)),
    ),
    KEY,
    METHOD,
    ISSUED,
)


@pytest.fixture(scope="session")
def verifier() -> Path:
    """The folder of the verifier, its packages in it as the lock file has them."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        if os.environ.get("CI"):
            pytest.fail("Node.js is not installed: CI never skips this")
        pytest.skip("another party's verifier runs in Node.js: apt install nodejs npm")
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    with lock.open() as file:
        flock(file, LOCK_EX)  # tests run in several processes: one installs, the others wait
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=SECONDS, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
    return HERE


def asked(verifier: Path, credentials: list[Credential]) -> list[Answer]:
    """What the other verifier says of each, holding our contexts and the DID document of the issuer."""
    key = {
        "id": METHOD,
        "type": "Multikey",
        "controller": ISSUER.did,
        "publicKeyMultibase": multikey.encode_key("Ed25519", KEY.public),
    }
    documents: dict[str, Any] = {
        url: msgspec.json.decode((Path(json_ld.__file__).parent / "contexts" / name).read_bytes())
        for url, (name, _) in json_ld.PINNED.items()
    }
    documents[METHOD] = {"@context": json_ld.MULTIKEY, **key}
    documents[ISSUER.did] = {
        "@context": ["https://www.w3.org/ns/did/v1", json_ld.MULTIKEY],
        "id": ISSUER.did,
        "verificationMethod": [key],
        "assertionMethod": [METHOD],
    }
    question = {"credentials": credentials, "documents": documents, "now": "2022-06-03T00:00:00Z"}
    done = subprocess.run(
        ["node", "verify.mjs"],  # noqa: S607 - wherever it is installed
        cwd=verifier,
        input=msgspec.json.encode(question),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return msgspec.json.decode(done.stdout, type=list[Answer])


@pytest.mark.parametrize("credential", [BADGE, LIST], ids=["badge", "status list"])
def test_it_accepts_what_we_sign(verifier: Path, credential: Credential) -> None:
    assert asked(verifier, [credential]) == [Answer(True, "")]
    assert verify(credential, public_key) == METHOD


@pytest.mark.parametrize("credential", [BRIEF_BADGE, LIST], ids=["badge", "status list"])
def test_it_refuses_whatever_was_altered_as_we_do(verifier: Path, credential: Credential) -> None:
    alterations = [*altered(credential), *bytes_altered(credential, every=41)]
    answers = asked(verifier, [other for _, other in alterations])
    ours = []
    for what, other in alterations:
        try:
            verify(other, public_key)
        except Unverifiable:
            continue
        ours.append(what)
    theirs = [what for (what, _), answer in zip(alterations, answers, strict=True) if answer.verified]
    assert len(alterations) > 50
    assert ours == []
    assert theirs == []
