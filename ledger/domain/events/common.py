"""Shapes that facts of several subjects share."""

import msgspec


class Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named value in the vault, by its salted digest (RFC 9901, 4.2.4.1).

    ``digest`` is base64url(SHA-256(disclosure)) without padding, 43 characters.
    """

    name: str
    digest: str


class Ratio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exact fraction in lowest terms with a positive denominator."""

    numerator: int
    denominator: int
