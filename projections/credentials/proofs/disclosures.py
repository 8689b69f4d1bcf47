"""Selective disclosure (RFC 9901): a signed payload holds digests, and the holder chooses what to reveal.

``conceal`` makes a disclosure and its digest; ``reveal`` puts disclosures back where their digests are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from ledger import strict_json
from ledger.errors import Unverifiable
from projections.credentials.proofs.jws import decode, encode, write_json

DIGESTS, ELEMENT, HASH = "_sd", "...", "_sd_alg"
SHA_256 = "sha-256"
SALT_BYTES = 16  # RFC 9901 9.3: 128 bits
MAX_DISCLOSURES = 64
MAX_DISCLOSURE_CHARACTERS = 8_192
MAX_DEPTH = 16


def conceal(salt: bytes, name: str, value: Any) -> tuple[str, str]:
    """The disclosure of a claim and its digest, which goes into ``_sd`` of the object that holds the claim."""
    disclosure = encode(write_json([encode(salt), name, value]))
    return disclosure, digest_of(disclosure)


def digest_of(disclosure: str) -> str:
    """RFC 9901 4.2.3: over the characters of the disclosure, not over what they encode."""
    return encode(sha256(disclosure.encode()).digest())


def reveal(payload: dict[str, Any], disclosures: list[str]) -> dict[str, Any]:
    """The payload with the disclosed claims in place and without digests (RFC 9901, 7.1 step 3 to 5).

    Raises ``Unverifiable`` when a disclosure is malformed, repeated or belongs to no digest, when a digest is in two
    places, or when a claim would be there twice.
    """
    if len(disclosures) > MAX_DISCLOSURES:
        raise Unverifiable("disclosure-malformed", f"expected at most {MAX_DISCLOSURES} disclosures")
    if payload.get(HASH, SHA_256) != SHA_256:
        raise Unverifiable("disclosure-hash", f"expected digests by {SHA_256}")
    disclosed = {digest_of(disclosure): _parsed(disclosure) for disclosure in disclosures}
    if len(disclosed) != len(disclosures):
        raise Unverifiable("disclosure-repeated", "a disclosure is given twice")
    top = {name: value for name, value in payload.items() if name != HASH}
    # RFC 9901 7.1 step 4: a digest is at most once in the payload and the disclosures together.
    counted = Counter(_digests([top, *(content[-1] for content in disclosed.values())], 0))
    if any(times > 1 for times in counted.values()):
        raise Unverifiable("digest-repeated", "a digest is in two places")
    used: set[str] = set()
    revealed = _object(top, disclosed, used, 0)
    if disclosed.keys() - used:
        raise Unverifiable("disclosure-unused", "a disclosure belongs to no digest of the token")
    return revealed


def _parsed(disclosure: str) -> list[Any]:
    """[salt, name, value] of a claim or [salt, value] of an element."""
    try:
        if len(disclosure) > MAX_DISCLOSURE_CHARACTERS:
            raise ValueError("too long")
        content = strict_json.parse(decode(disclosure))
    except ValueError as error:
        raise Unverifiable("disclosure-malformed", f"not a disclosure: {error}") from None
    if not isinstance(content, list) or len(content) not in (2, 3) or not all(isinstance(c, str) for c in content[:-1]):
        raise Unverifiable("disclosure-malformed", "expected a salt, a name and a value, or a salt and a value")
    return content


def _digests(value: Any, depth: int) -> Iterator[str]:
    """Every digest in a value, however deep."""
    _require_shallow(depth)
    below: Iterable[Any] = ()
    if isinstance(value, dict):
        yield from _digests_here(value)
        below = () if _is_element(value) else value.values()
    elif isinstance(value, list):
        below = value
    for item in below:
        yield from _digests(item, depth + 1)


def _digests_here(holder: dict[str, Any]) -> list[str]:
    digests = [holder[ELEMENT]] if _is_element(holder) else holder.get(DIGESTS, [])
    if not isinstance(digests, list) or not all(isinstance(digest, str) for digest in digests):
        raise Unverifiable("digest-malformed", "expected a list of digests")
    return digests


def _is_element(value: Any) -> bool:
    """Whether it is the placeholder of a concealed element of a list (RFC 9901, 4.2.4.2)."""
    return isinstance(value, dict) and value.keys() == {ELEMENT}


def _require_shallow(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Unverifiable("disclosure-malformed", f"expected claims at most {MAX_DEPTH} deep")


def _revealed(value: Any, disclosed: dict[str, list[Any]], used: set[str], depth: int) -> Any:
    _require_shallow(depth)
    if isinstance(value, list):
        return [revealed for item in value for revealed in _element(item, disclosed, used, depth + 1)]
    return _object(value, disclosed, used, depth + 1) if isinstance(value, dict) else value


def _object(value: dict[str, Any], disclosed: dict[str, list[Any]], used: set[str], depth: int) -> dict[str, Any]:
    if ELEMENT in value or HASH in value:  # RFC 9901 7.1 step 3.d, 4.1.1: reserved, and not here
        raise Unverifiable("digest-malformed", f"{ELEMENT} and {HASH} are not allowed here")
    revealed = {name: _revealed(item, disclosed, used, depth) for name, item in value.items() if name != DIGESTS}
    for digest in _digests_here(value):
        if digest not in disclosed:
            continue  # not disclosed, or a decoy
        content = disclosed[digest]
        if len(content) != 3 or content[1] in (DIGESTS, ELEMENT):
            raise Unverifiable("disclosure-malformed", "expected a salt, a name that is not reserved, and a value")
        _, name, concealed = content
        if name in revealed:
            raise Unverifiable("claim-repeated", f"{name[:64]} is there twice")
        used.add(digest)
        revealed[name] = _revealed(concealed, disclosed, used, depth)
    return revealed


def _element(item: Any, disclosed: dict[str, list[Any]], used: set[str], depth: int) -> list[Any]:
    """The element, in a list of one; an empty list when it is a placeholder and not disclosed."""
    if not _is_element(item):
        return [_revealed(item, disclosed, used, depth)]
    (digest,) = _digests_here(item)
    if digest not in disclosed:
        return []
    content = disclosed[digest]
    if len(content) != 2:
        raise Unverifiable("disclosure-malformed", "expected a salt and a value, for an element of a list")
    used.add(digest)
    return [_revealed(content[1], disclosed, used, depth)]
