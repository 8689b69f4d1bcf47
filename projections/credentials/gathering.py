"""From the record to the facts of a certificate: what its documents will state, name and levels included."""

from __future__ import annotations

from ledger.disclosures import Disclosure
from ledger.domain.events.persons import NAME_DETAILS
from ledger.store.bundling import disclosures_of
from ledger.store.ledger import Ledger
from projections.certificates import CertificateRow
from projections.credentials.facts import Achievement, CertificateFacts, IssuerIdentity


def facts_of(ledger: Ledger, row: CertificateRow, salt: str) -> CertificateFacts | None:
    """What a certificate states; None when the vault no longer holds the name that was certified."""
    names = {d.name: str(d.value) for d in map(Disclosure.parse, disclosures_of(ledger, row.content))}
    if not set(NAME_DETAILS) <= set(names):
        return None
    read, stated = ledger.read(), row.content
    plan = read.session(row.session_id).planned
    scheme = read.scheme(stated.scheme_id)
    version = scheme.drafts[stated.scheme_version]
    achieved = _shown(ledger, row) if read.person(row.person_id).shows_results else {}
    competencies = {competency.id: competency for competency in version.competencies}
    return CertificateFacts(
        number=row.number,
        holder=" ".join(names[name] for name in NAME_DETAILS),
        salt=salt,
        body_en=stated.body_en,
        body_fr=stated.body_fr,
        scheme_id=stated.scheme_id,
        scheme_version=stated.scheme_version,
        scheme_in_force=scheme.approved[stated.scheme_version],
        title_en=stated.scheme_title_en,
        title_fr=stated.scheme_title_fr,
        scope=tuple(
            Achievement(
                id=competency,
                name_en=competencies[competency].name_en,
                name_fr=competencies[competency].name_fr,
                required=competencies[competency].cut,
                achieved=achieved.get(competency),
            )
            for competency in stated.scope
        ),
        is_part=len(stated.scope) < len(competencies),
        levels=version.levels,
        language=stated.language,
        place=plan.place,
        start=plan.start,
        end=plan.end,
        effective_from=stated.effective_from,
        expires_on=stated.expires_on,
        issued=row.issued,
    )


def issuer_of(url: str, row: CertificateRow) -> IssuerIdentity:
    """The body as the certificate names it, at the address under which it issues."""
    return IssuerIdentity(url=url, name_en=row.content.body_en, name_fr=row.content.body_fr)


def levels_reached(ledger: Ledger, certification_id: str) -> dict[str, int]:
    """The highest level of the rubric that the exact mean of each competency reaches."""
    outcome = ledger.read().candidacy(certification_id).outcome
    assert outcome is not None  # nothing is granted without one
    return {c.competency: c.total // c.count for c in outcome.competencies}


def _shown(ledger: Ledger, row: CertificateRow) -> dict[str, int]:
    """The levels reached, but none of what was ever taken out of the scope.

    How that was assessed anew, the ledger does not know.
    """
    kept = frozenset.intersection(*(scope for _, scope in ledger.read().certification(row.certification_id).scopes))
    return {c: level for c, level in levels_reached(ledger, row.certification_id).items() if c in kept}
