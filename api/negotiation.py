"""What a client prefers: the best of our media types, or of our languages (RFC 9110, 12.5)."""

from collections.abc import Sequence

from ledger.words import Language

HTML, JSON = "text/html", "application/json"


def preferred(header: str | None, offers: Sequence[str]) -> str | None:
    """The offer that an Accept header likes best, the first among equals or without a header; None when none fits."""
    if not header or not header.strip():
        return offers[0]
    wanted = [_range(part) for part in header.split(",")]
    weights = [_weight(offer, wanted) for offer in offers]
    best = max(weights)
    return offers[weights.index(best)] if best > 0 else None


def language(chosen: str | None, header: str | None) -> Language:
    """The language chosen by ``?lang=``, or the one that Accept-Language likes best, or English."""
    if chosen == "en":
        return "en"
    if chosen == "fr":
        return "fr"
    # fr-CA is French for us: only the primary subtag counts.
    weights: dict[str, float] = {}
    for name, weight in map(_range, (header or "").split(",")):
        primary = name.partition("-")[0]
        weights[primary] = max(weight, weights.get(primary, 0.0))
    return "fr" if weights.get("fr", 0.0) > weights.get("en", weights.get("*", 0.0)) else "en"


def _range(part: str) -> tuple[str, float]:
    """A range with its weight between 0 and 1; one that cannot be read weighs nothing."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return name, 0.0
    return name, 1.0


def _weight(offer: str, wanted: Sequence[tuple[str, float]]) -> float:
    """The weight of the most specific range that takes the media type."""
    weights = dict(wanted)
    for name in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        if name in weights:
            return weights[name]
    return 0.0
