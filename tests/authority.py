"""A time-stamp authority: OpenSSL's, served over HTTP on this machine."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.clients.timestamping import REPLY
from tests.programs import program
from tests.serving import serving

CONFIGURATION = """\
[req]
distinguished_name = name
x509_extensions = root
prompt = no
[name]
CN = Example authority
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa_default
[tsa_default]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(*arguments: str | Path) -> bytes:
    return subprocess.run([program("openssl"), *map(str, arguments)], check=True, capture_output=True).stdout


@contextmanager
def authority_in(folder: Path) -> Iterator[str]:
    """The address of an authority that runs for as long as the context does; ``folder`` gets its root.pem."""
    configuration = folder / "openssl.cnf"
    configuration.write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
    (folder / "serial").write_text("01\n", encoding="utf-8")
    new = ("req", "-config", configuration, "-newkey", "rsa:2048", "-nodes")
    openssl(*new, "-x509", "-days", "3650", "-keyout", folder / "root.key", "-out", folder / "root.pem")
    openssl(*new, "-subj", "/CN=Example signer", "-keyout", folder / "signer.key", "-out", folder / "signer.csr")
    by = ("-CA", folder / "root.pem", "-CAkey", folder / "root.key", "-CAcreateserial", "-days", "3650")
    request = ("x509", "-req", "-in", folder / "signer.csr", "-extfile", configuration, "-extensions", "signer")
    openssl(*request, *by, "-out", folder / "signer.pem")

    async def reply(request: Request) -> Response:
        (folder / "query").write_bytes(await request.body())
        made = ("ts", "-reply", "-config", configuration, "-section", "tsa_default", "-queryfile", folder / "query")
        openssl(*made, "-out", folder / "reply")
        return Response((folder / "reply").read_bytes(), media_type=REPLY)

    with serving(Starlette(routes=[Route("/", reply, methods=["POST"])])) as url:
        yield url
