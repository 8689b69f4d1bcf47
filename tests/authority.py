"""A time-stamp authority: OpenSSL's, served over HTTP on this machine, with or without a list of revocations."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.cli.listening import listening
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
keyUsage = critical, keyCertSign, cRLSign
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
{revocation}
[ca]
default_ca = root_of_it
[root_of_it]
database = {folder}/index.txt
default_md = sha256
[tsa]
default_tsa = tsa_default
[tsa_default]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
{chain}
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(*arguments: str | Path) -> bytes:
    return subprocess.run([program("openssl"), *map(str, arguments)], check=True, capture_output=True).stdout


@contextmanager
def authority_in(folder: Path, *, lists_revocations: bool = False) -> Iterator[str]:
    """The address of an authority that runs for as long as the context does; ``folder`` gets its root.pem.

    One that lists revocations sends its chain with each stamp, and its signer's certificate names the list.
    """
    listener = listening("127.0.0.1", 0)
    configuration, crl = folder / "openssl.cnf", f"http://127.0.0.1:{listener.getsockname()[1]}/root.crl"
    revocation = f"crlDistributionPoints = URI:{crl}" if lists_revocations else ""
    chain = f"certs = {folder}/root.pem" if lists_revocations else ""
    filled = CONFIGURATION.format(folder=folder, revocation=revocation, chain=chain)
    configuration.write_text(filled, encoding="utf-8")
    (folder / "serial").write_text("01\n", encoding="utf-8")
    (folder / "index.txt").touch()
    new = ("req", "-config", configuration, "-nodes")
    # OpenSSL does not sort the certificates that it sends (X.690, 11.6): the root is the longer, so they are in order.
    root = ("-x509", "-newkey", "rsa:3072", "-days", "3650")
    openssl(*new, *root, "-keyout", folder / "root.key", "-out", folder / "root.pem")
    signer = ("-newkey", "rsa:2048", "-subj", "/CN=Example signer")
    openssl(*new, *signer, "-keyout", folder / "signer.key", "-out", folder / "signer.csr")
    by = ("-CA", folder / "root.pem", "-CAkey", folder / "root.key", "-CAcreateserial", "-days", "3650")
    request = ("x509", "-req", "-in", folder / "signer.csr", "-extfile", configuration, "-extensions", "signer")
    openssl(*request, *by, "-out", folder / "signer.pem")

    listed = ("-gencrl", "-crldays", "7", "-keyfile", folder / "root.key", "-cert", folder / "root.pem")
    openssl("ca", "-config", configuration, *listed, "-out", folder / "crl.pem")
    openssl("crl", "-in", folder / "crl.pem", "-outform", "DER", "-out", folder / "root.crl")

    async def revocations(_: Request) -> Response:
        return Response((folder / "root.crl").read_bytes(), media_type="application/pkix-crl")

    async def reply(request: Request) -> Response:
        (folder / "query").write_bytes(await request.body())
        made = ("ts", "-reply", "-config", configuration, "-section", "tsa_default", "-queryfile", folder / "query")
        openssl(*made, "-out", folder / "reply")
        return Response((folder / "reply").read_bytes(), media_type=REPLY)

    routes = [Route("/", reply, methods=["POST"]), Route("/root.crl", revocations)]
    with serving(Starlette(routes=routes), listener) as url:
        yield url
