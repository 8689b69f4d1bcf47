"""Collects the facts of a certificate from the record, with the names of the holder and the signatories, and levels."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from ledger.disclosures import Disclosure
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.events.persons import full_name
from ledger.domain.record import Event, Fact, Role, Stream
from ledger.log.tree import leaf_hash
from ledger.reading import Draft
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from ledger.store.reading import Record
from ledger.store.vault import Held
from ledger.words import Words
from projections.certificates import CertificateRow
from projections.credentials.facts import Achievement, CertificateFacts, IssuerIdentity, Scheme, Signatory

DECIDER = Words("Member of the decision authority", "Membre de l’autorité de décision")


def facts_of(record: Record, row: CertificateRow, salt: str) -> CertificateFacts | None:
    """The facts of a certificate; None when the vault does not hold the certified name."""
    facts = stated_of(record, row, salt)
    if facts is None:
        return None
    leaf, award = _award(record, row.certification_id)
    read, signers = record.read(), [signer for signer in award.by if signer.role is Role.DECISION_AUTHORITY]
    deciders = [read.human(signer.person).details.items() for signer in signers]
    held = record.vault.held(digest for details in deciders for _, digest in details)
    # An officer without a name was erased.
    signatories = tuple(Signatory(full_name(_values(held, details)) or None, DECIDER) for details in deciders)
    return replace(facts, leaf=leaf, signatories=signatories)


def stated_of(record: Record, row: CertificateRow, salt: str) -> CertificateFacts | None:
    """The same without the award, which no credential states: only a diploma shows its hash and its signatories."""
    read, stated = record.read(), row.content
    certified = {detail.name: detail.digest for detail in stated.holder}
    names = _values(record.vault.held(certified.values()), certified.items())
    if not certified.keys() <= names.keys():
        return None
    plan = read.session(row.session_id).planned
    scheme = read.scheme(stated.scheme_id)
    version = scheme.drafts[stated.scheme_version]
    achieved = _levels_to_show(read, row.certification_id) if read.human(row.person_id).shows_results else {}
    competencies = {competency.id: competency for competency in version.competencies}
    return CertificateFacts(
        number=row.number,
        holder=full_name(names),
        salt=salt,
        body=Words(stated.body_en, stated.body_fr),
        scheme=Scheme(
            id=stated.scheme_id,
            version=stated.scheme_version,
            in_force=scheme.approved[stated.scheme_version],
            title=Words(stated.scheme_title_en, stated.scheme_title_fr),
            scope=tuple(
                Achievement(id=c.id, name=Words(c.name_en, c.name_fr), required=c.cut, achieved=achieved.get(c.id))
                for c in map(competencies.__getitem__, stated.scope)
            ),
            is_part=len(stated.scope) < len(competencies),
            levels=version.levels,
        ),
        language=stated.language,
        place=plan.place,
        start=plan.start,
        end=plan.end,
        effective_from=stated.effective_from,
        expires_on=stated.expires_on,
        issued=row.issued,
        leaf=b"",
        signatories=(),
    )


def issuer_of(url: str, row: CertificateRow) -> IssuerIdentity:
    """The body as the certificate names it, at the address under which it issues."""
    return IssuerIdentity(url=url, name=Words(row.content.body_en, row.content.body_fr))


def levels_reached(record: Record, certification_id: str) -> dict[str, int]:
    """The highest level of the rubric that the exact mean of each competency reaches, by competency."""
    return _levels(record.read(), certification_id)


def _levels(read: Draft, certification_id: str) -> dict[str, int]:
    outcome = read.candidacy(certification_id).outcome
    assert outcome is not None  # nothing is granted without one
    return {c.competency: c.total // c.count for c in outcome.competencies}


def _award(record: Record, certification_id: str) -> tuple[bytes, Event[Fact]]:
    """The event that grants a certification, with its leaf hash: a field phase or a refusal may come before it."""
    stream = str(Stream("certification", certification_id))
    versions = range(1, record.read().certification(certification_id).version + 1)
    entries = (record.log.of_version(stream, version)[0][1] for version in versions)
    decoded = ((leaf_hash(entry), decode_payload(open_envelope(entry).payload)) for entry in entries)
    return next(each for each in decoded if isinstance(each[1].facts, CertificationGranted))


def _values(held: Mapping[str, Held], details: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values by name, as far as the vault holds them."""
    disclosed = (Disclosure.of_vault(held[digest].encoded) for _, digest in details if digest in held)
    return {part.name: str(part.value) for part in disclosed if part is not None}


def _levels_to_show(read: Draft, certification_id: str) -> dict[str, int]:
    """The levels reached in the competencies that never left the scope.

    One that left it and came back was assessed anew, and the ledger does not hold that level.
    """
    kept = frozenset.intersection(*(scope for _, scope in read.certification(certification_id).scopes))
    return {c: level for c, level in _levels(read, certification_id).items() if c in kept}
