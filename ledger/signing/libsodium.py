"""Ed25519 in libsodium: half the time of OpenSSL. It says only that a signature holds, never that one does not.

Releases up to 1.0.22 accept what ``verify_ed25519`` does, and no more: S < L, R and the key in their one encoding and
not of small order, R compared as bytes. Their successor multiplies by the cofactor, and accepts more: each process
asks once what is installed before it relies on it (docs/decisions/0057).
"""

from collections.abc import Callable
from functools import cache
from itertools import count

FEW = 200  # to read the library takes some 15 ms: for fewer signatures OpenSSL is done sooner
_asked = count()
# Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (2020), case 4: it holds only with the cofactor.
COFACTORED = (
    bytes.fromhex("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d"),
    bytes.fromhex("e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c"),
    bytes.fromhex(
        "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512"
        "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"
    ),
)


def surely_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes holds under a key of 32; False may also mean that another library must say."""
    return next(_asked) >= FEW and _accepts_no_more_than_we() and _opens(public, message, signature)


@cache
def _accepts_no_more_than_we() -> bool:
    return not _opens(*COFACTORED)


def _opens(public: bytes, message: bytes, signature: bytes) -> bool:
    assert (len(public), len(signature)) == (32, 64)  # the binding takes what is there
    verify, no = _library()
    try:
        verify(signature + message, public)
    except no:
        return False
    return True


@cache
def _library() -> tuple[Callable[[bytes, bytes], bytes], type[Exception]]:
    from nacl.bindings import crypto_sign_open
    from nacl.exceptions import BadSignatureError

    return crypto_sign_open, BadSignatureError
