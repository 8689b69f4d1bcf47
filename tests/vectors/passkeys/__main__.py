"""Writes each file of passkeys that is missing: ``python -m tests.vectors.passkeys``. It rewrites none.

Chromium's virtual authenticator makes them, so each time they are others. The challenges and the encoding of ``sig``
are written here a second time, from their description, and not with the code under test.
"""

import json
import shutil
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.authenticators import Authenticator
from tests.browser.conftest import FLAGS

HERE = Path(__file__).parent
LOG, RP_ID = "ledger.example", "register.example"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
TYPE = b"application/vnd.pca-ledger.statement.v1+json"
GESTURES = (1, 2, 3, 7)  # statements of each
MADE = {  # by file: the COSE algorithm, whether the passkey is synced, and the page
    "es256-of-one-device": (-7, False, "https://register.example"),
    "es256-synced": (-7, True, "https://console.register.example"),
    "ed25519-of-one-device": (-8, False, "https://console.register.example"),
    "ed25519-synced": (-8, True, "https://register.example"),
}
ASK = """async ([method, options]) => {
    const publicKey = PublicKeyCredential[`parse${method === "create" ? "Creation" : "Request"}OptionsFromJSON`](options);
    return (await navigator.credentials[method]({publicKey})).toJSON();
}"""


def message(number: int) -> bytes:
    """What is signed of a statement (DSSE)."""
    payload = f'{{"statement":"n° {number}"}}'.encode()
    return b"DSSEv1 %d %b %d %b" % (len(TYPE), TYPE, len(payload), payload)


def leaf(message: bytes) -> bytes:
    return sha256(b"\0" + message).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    k = _split(leaves)
    return sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def path(index: int, leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return b""
    k = _split(leaves)
    if index < k:
        return path(index, leaves[:k]) + root(leaves[k:])
    return path(index - k, leaves[k:]) + root(leaves[:k])


def _split(leaves: Sequence[bytes]) -> int:
    return 1 << (len(leaves) - 1).bit_length() - 1


def challenge(purpose: str, *then: bytes) -> bytes:
    return sha256(b"".join([f"pca-ledger/{purpose}/v1\n{LOG}\n".encode(), *then])).digest()


def raw(algorithm: int, signature: bytes) -> bytes:
    """64 bytes: of ES256 r || s, with the lower s."""
    if algorithm != -7:
        return signature
    r, s = decode_dss_signature(signature)
    return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")


def encoded(index: int, leaves: Sequence[bytes], answer: dict[str, bytes], signature: bytes) -> bytes:
    """The ``sig`` of one envelope."""
    data, client_data = answer["authenticatorData"], answer["clientDataJSON"]
    return b"".join(
        [
            b"\1",
            index.to_bytes(4, "big"),
            len(leaves).to_bytes(4, "big"),
            len(data).to_bytes(2, "big"),
            data,
            len(client_data).to_bytes(2, "big"),
            client_data,
            signature,
            path(index, leaves),
        ]
    )


def asked(page: Page, method: str, options: dict[str, Any]) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The binary parts of what the browser answers, and all of it."""
    answer: dict[str, Any] = page.evaluate(ASK, [method, options])
    parts = {name: unurl(value) for name, value in answer["response"].items() if isinstance(value, str)}
    return parts, answer["response"]


def make(browser: Browser, algorithm: int, synced: bool, site: str) -> dict[str, Any]:
    page = browser.new_context().new_page()
    page.route("**", lambda route: route.fulfill(content_type="text/html", body="<!doctype html><title>x</title>"))
    authenticator = Authenticator(page, synced=synced)
    page.goto(site)
    random = sha256(f"{algorithm} {synced}".encode()).digest()
    user = {"id": url(b"officer"), "name": "officer", "displayName": "officer"}
    options = {
        "rp": {"id": RP_ID, "name": "register"},
        "user": user,
        "challenge": url(challenge("enrol", random)),
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm}],
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
        "attestation": "direct",
    }
    parts, answer = asked(page, "create", options)
    public = parts["publicKey"]  # SubjectPublicKeyInfo, which ends with the key
    key = public[-32:] if algorithm == -8 else bytes([2 + public[-1] % 2]) + public[-64:-32]
    (held,) = authenticator.credentials()
    made: dict[str, Any] = {
        "made_by": f"the virtual authenticator of Chromium {browser.version}",
        "origin": LOG,
        "site": site,
        "rp_id": RP_ID,
        "algorithm": {-7: "ES256", -8: "Ed25519"}[algorithm],
        "public_key": b64(key),
        "key_id": sha256(key).digest()[:16].hex(),
        "credential_id": held["credentialId"],
        "backup_eligible": synced,
        "registration": {
            "random": b64(random),
            "challenge": b64(challenge("enrol", random)),
            "attestation_object": b64(parts["attestationObject"]),
            "clientDataJSON": b64(parts["clientDataJSON"]),
            "transports": answer["transports"],
        },
        "gestures": [],
    }
    for count in GESTURES:
        messages = [message(count * 10 + n) for n in range(count)]
        leaves = [leaf(m) for m in messages]
        wanted = challenge("sign", b"%d\n" % count, root(leaves))
        parts, _ = asked(page, "get", request(wanted))
        signature = raw(algorithm, parts["signature"])
        made["gestures"].append(
            {
                "messages": [b64(m) for m in messages],
                "challenge": b64(wanted),
                **said(parts),
                "sig": [b64(encoded(index, leaves, parts, signature)) for index in range(count)],
            }
        )
    wanted = challenge("sign-in", random)
    parts, _ = asked(page, "get", request(wanted))
    made["sign_in"] = {"random": b64(random), "challenge": b64(wanted), **said(parts)}
    page.context.close()
    return made


def request(wanted: bytes) -> dict[str, Any]:
    return {"challenge": url(wanted), "rpId": RP_ID, "userVerification": "required"}


def said(parts: dict[str, bytes]) -> dict[str, str]:
    """As the browser gives it: the signature of ES256 in DER, and with either s."""
    return {name: b64(parts[name]) for name in ("authenticatorData", "clientDataJSON", "signature")}


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unurl(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, how in MADE.items():
            file = HERE / f"{name}.json"
            if not file.exists():
                file.write_text(json.dumps(make(browser, *how), indent=1) + "\n")
                print(file)  # noqa: T201
        browser.close()
