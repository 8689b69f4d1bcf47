"""What the state of a body's key, retired, revoked or with an ended chain, means for what it signed or sealed."""

from datetime import datetime

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.verdict import CheckResult
from ledger.words import Words
from projections.credentials.keys import seal_chain
from projections.credentials.keys.enrolled import IssuerKeys

Outcome = tuple[CheckResult, Words]


def ended_since(key: IssuerKeyEnrolled, now: datetime) -> Words:
    """An addition when the key's certificate has ended, which does not affect documents made before."""
    _, ends = seal_chain.validity(key.certificates)
    if now <= ends:
        return Words("", "")
    return Words(
        f"; its certificate expired on {ends:%Y-%m-%d} but was valid when this was made",
        f" ; son certificat a expiré le {ends:%Y-%m-%d} mais était valide lors de l’établissement du document",
    )


def outcome_of(key: IssuerKeyEnrolled, keys: IssuerKeys, how: Words) -> Outcome:
    """The outcome for the key. The signer states the date itself, so a revoked key always leaves a doubt."""
    is_retired = key.key_id in keys.recorded.ended
    if keys.is_revoked(key):
        return CheckResult.UNKNOWN, Words(
            f"the signature is valid, but key {key.key_id} has been revoked: ask for a reissued document",
            f"la signature est valide, mais la clé {key.key_id} a été révoquée : demandez un document réémis",
        )
    return CheckResult.PASSED, Words(
        f"key {key.key_id}{', retired since' if is_retired else ''}, {how.en}",
        f"clé {key.key_id}{', hors service depuis' if is_retired else ''}, {how.fr}",
    )
