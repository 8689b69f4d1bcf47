"""Public keys as points of their curves, in integers only: which bytes are a key that somebody can hold alone.

A point has one encoding. Under a point of small order anybody can sign: with the identity as the key, the identity and
0 are a signature of every message.
"""

ED25519_PRIME = 2**255 - 19
ED25519_D = -121665 * pow(121666, -1, ED25519_PRIME) % ED25519_PRIME
_Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
# The eight points whose order divides the cofactor, by y: the identity, (0, -1), and those of order 4 and 8.
SMALL_ORDER = {0, 1, ED25519_PRIME - 1, _Y_OF_ORDER_8, ED25519_PRIME - _Y_OF_ORDER_8}

P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def is_ed25519(public: bytes) -> bool:
    """RFC 8032, 5.1.3. No point with x = 0 remains after the others, so the sign of x is always free."""
    if not has_large_order(public):
        return False
    y = _y(public)
    # -x^2 + y^2 = 1 + d x^2 y^2
    u, v = y * y - 1, ED25519_D * y * y + 1
    return _is_square(u * v, ED25519_PRIME)


def has_large_order(encoded: bytes) -> bool:
    """Whether 32 bytes encode a y that is in range, and that of no point of small order."""
    return len(encoded) == 32 and _y(encoded) < ED25519_PRIME and _y(encoded) not in SMALL_ORDER


def is_p256(public: bytes) -> bool:
    """Whether it is a compressed point (SEC 1, 2.3.3 and 2.3.4). Every point of this curve has its full order."""
    x = int.from_bytes(public[1:], "big")
    is_compressed = len(public) == 33 and public[0] in (2, 3) and x < P256_PRIME
    return is_compressed and _is_square(x**3 - 3 * x + P256_B, P256_PRIME)


def _y(encoded: bytes) -> int:
    return int.from_bytes(encoded, "little") & (2**255 - 1)


def _is_square(number: int, prime: int) -> bool:
    """Euler's criterion."""
    return pow(number, (prime - 1) // 2, prime) in (0, 1)
