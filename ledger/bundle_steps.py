"""The steps of verifying a bundle, one function each: :mod:`ledger.verification` numbers, explains and runs them.

Each takes the case, which holds what earlier ones established. It returns its result with the particulars, or raises
``Unverifiable`` if something was proved false.
"""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import cast

from msgspec import UNSET

from ledger.bundle import Bundle, Included, is_of_certificate
from ledger.disclosures import Disclosure
from ledger.domain.certificate_status import CertificateStatus
from ledger.domain.dating import CLOCK_SKEW
from ledger.domain.deciding import require_seats_of
from ledger.domain.events.certification import (
    DOCUMENTS,
    CertificateContent,
    CertificationAnnulled,
    CertificationGranted,
    CertificationRefused,
    CertificationRelinquished,
    CertificationWithdrawn,
    CertificationWithdrawnV1,
    DecisionAnnulled,
    DecisionRemitted,
    Document,
    FieldPhasePassed,
    PreAccreditationGranted,
    RecognitionGranted,
)
from ledger.domain.events.office import FOUNDING, KeyRevoked, credentials_of
from ledger.domain.events.passkeys import PASSKEY_POLICY
from ledger.domain.events.persons import full_name
from ledger.domain.record import Event, Fact, Stream
from ledger.domain.refusal import Refused
from ledger.domain.scope import scope_on, scopes_of
from ledger.domain.standing import CertificationFact, standing_of
from ledger.domain.states.certification import Certification
from ledger.domain.subjects import KIND_OF
from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from ledger.log.heads import Heads, open_heads
from ledger.log.policy import Witnessed
from ledger.log.tree import leaf_hash, verify_inclusion
from ledger.reading import Draft, Memory
from ledger.signing.envelope import open_envelope, pae
from ledger.signing.note import Note
from ledger.signing.statement import decode_payload, match_signatures
from ledger.signing.verifying import claim_of
from ledger.status_on import StatusOn, status_on
from ledger.trust import TrustRoot
from ledger.verdict import CheckResult
from ledger.words import Words, day_in_words, moment_in_words

OF_ANOTHER_LOG = "log-other"
# The order in which a certification lives, a letter for each of its statements; "o" is any other one.
_LETTERS: dict[type[Fact], str] = {
    CertificationGranted: "g",
    PreAccreditationGranted: "p",
    RecognitionGranted: "n",
    FieldPhasePassed: "f",
    CertificationWithdrawn: "w",
    CertificationWithdrawnV1: "w",
    CertificationRelinquished: "w",
    CertificationAnnulled: "a",
    CertificationRefused: "r",
    DecisionRemitted: "m",
    DecisionAnnulled: "u",
}
_LIFE = re.compile("(rm)*(g|pn?f)(w?u|o)*w?a?")

Found = tuple[CheckResult, Words]


class Case:
    """What is verified, and what the steps hand on: each sets what later ones need."""

    bundle: Bundle
    checkpoint: Checkpoint
    heads: Heads
    certificate: CertificateContent
    witnessed: Witnessed | None
    status: StatusOn  # on the day asked, or today if that is to come
    superseded: tuple[str, date] | None = None  # by which certificate, and when that was issued
    holder: str | None = None

    def __init__(self, data: bytes, trust: TrustRoot, now: datetime, day: date, recent: timedelta) -> None:
        self.data, self.trust, self.now, self.day, self.recent = data, trust, now, day, recent
        self.today = now.date()
        self.events: list[Event[Fact]] = []
        self.read = Draft(Memory())
        self.signed_with: list[tuple[str, datetime]] = []

    @property
    def facts(self) -> list[CertificationFact]:
        """What was recorded of the certification, in order."""
        return [cast(CertificationFact, e.facts) for e in self.events if e.subject.kind == "certification"]


def bundle_format(case: Case) -> Found:
    case.bundle = Bundle.parse(case.data)
    count, number = len(case.bundle.statements), case.bundle.number
    return _passed(f"{count} statements for {number}", f"{count} déclarations pour {number}")


def checkpoint(case: Case) -> Found:
    _require_our_log(case)
    case.checkpoint = case.trust.opened(case.bundle.checkpoint)
    origin, size = case.checkpoint.origin, case.checkpoint.size
    return _passed(f"{origin}, {size} entries", f"{origin}, {size} entrées")


def _require_our_log(case: Case) -> None:
    """Nothing in the statements of another log is false: the trust root just says nothing of them."""
    origin = ours = case.trust.origin
    with suppress(Unverifiable):  # whatever is no checkpoint is said to be none when it is opened
        origin = Checkpoint.parse(Note.parse(case.bundle.checkpoint).text).origin
    if origin != ours:
        raise Unverifiable(
            OF_ANOTHER_LOG,
            f"it comes from the log {origin}, and your trust root is of {ours}: get that of its body",
            f"il provient du journal {origin}, et votre racine de confiance est celle de {ours} : procurez-vous celle "
            f"de l’organisme qui l’a délivré",
        )


def founding(case: Case) -> Found:
    first = next(iter(case.bundle.statements), None)
    if first is None or first.index != 0 or leaf_hash(first.envelope).hex() != case.trust.founding_leaf:
        raise Unverifiable("founding-other", "statements[0]: expected the founding that the trust root names")
    return _passed("leaf 0 is the founding that you trust", "la feuille 0 est bien celle de votre racine de confiance")


def inclusion(case: Case) -> Found:
    before = -1
    for included in case.bundle.statements:
        if included.index <= before:
            raise Unverifiable("statements-order", "statements: expected in the order of the log, each once")
        before = included.index
        leaf, path = leaf_hash(included.envelope), list(included.path)
        verify_inclusion(leaf, included.index, case.checkpoint.size, path, case.checkpoint.root)
    count = len(case.bundle.statements)
    return _passed(f"{count} proofs of inclusion", f"{count} preuves d’inclusion")


def completeness(case: Case) -> Found:
    case.heads = heads = open_heads(case.bundle.heads, case.trust.verifier_key)
    if heads.size != case.checkpoint.size:
        raise Unverifiable("heads-size", "heads: expected of the same size as the checkpoint")
    if heads.time > case.now + CLOCK_SKEW:
        raise Unverifiable("heads-time", "heads: stated in the future")
    held = dict.fromkeys(heads.versions, 0)
    for included in case.bundle.statements:
        event = _decoded(included.envelope, case.trust.origin)
        stream = event.subject
        if event.version != held.get(stream, 0) + 1:
            raise Unverifiable("version-gap", f"{stream}: what comes before version {event.version} is left out")
        held[stream] = event.version
        case.events.append(event)
    needed = {Stream("officer", signer.person) for event in case.events for signer in event.by}
    if any(credentials_of(event.facts) for event in case.events):
        needed.add(PASSKEY_POLICY)  # even where nothing is in it: only the log can say so
    if held != heads.versions or not needed <= set(held):
        raise Unverifiable("statements-left-out", "the bundle lacks statements that the log lists")
    if sum(stream.kind == "certification" for stream in held) != 1:
        raise Unverifiable("statements-unexpected", "statements: expected those of one certification")
    at = moment_in_words(heads.time)
    return _passed(
        f"nothing is left out, as stated by the log on {at.en}", f"rien ne manque, selon le journal au {at.fr}"
    )


def _decoded(envelope: bytes, origin: str) -> Event[Fact]:
    event = decode_payload(open_envelope(envelope).payload)
    kind = KIND_OF[type(event.facts)]
    if event.ledger != origin or kind not in ("ledger", "passkeys", "officer", "certification"):
        raise Unverifiable("statements-unexpected", f"{event.type} of {event.ledger} does not belong in the bundle")
    return event


def signatures(case: Case) -> Found:
    people: set[str] = set()
    for included, event in zip(case.bundle.statements, case.events, strict=True):
        where, envelope = f"leaf {included.index}", open_envelope(included.envelope)
        message = pae(envelope.payloadType, envelope.payload)
        if event.subject != FOUNDING:  # the trust root vouches for whom leaf 0 names
            try:
                require_seats_of(event, case.read)
            except Refused as refused:
                raise Unverifiable(refused.code, f"{where}: {refused}") from None
        for signer, signature in match_signatures(envelope, event):
            wrong = claim_of(included.index, signer, signature, message, event, case.read).fault()
            if wrong is not None:
                raise Unverifiable(wrong.code, f"{where}: {wrong}", wrong.fr)
            people.add(signer.person)
            case.signed_with.append((signature.keyid, event.time))
        case.read.add(event)
    count = len(case.signed_with)
    return _passed(f"{count} signatures of {len(people)} people", f"{count} signatures de {len(people)} personnes")


def certificate(case: Case) -> Found:
    facts = case.facts
    documents = [f for f in facts if isinstance(f, DOCUMENTS)]
    issued = next((f for f in documents if f.certificate.number == case.bundle.number), None)
    grant = next((f for f in facts if isinstance(f, CertificationGranted)), None)
    if issued is None or grant is None:
        raise Unverifiable("certificate-unknown", f"number: no certificate {case.bundle.number} was issued here")
    _require_one_life(facts, documents)
    case.certificate = stated = issued.certificate
    later = documents[documents.index(issued) + 1 :]
    if later:
        (replaced_on,) = (e.time.date() for e in case.events if e.facts is later[0])
        case.superseded = later[0].certificate.number, replaced_on
    before = facts[: facts.index(issued)]
    (issued_on,) = (e.time.date() for e in case.events if e.facts is issued)
    expires_on, scope = standing_of(before).expires_on, scope_on(scopes_of(before), issued_on)
    said = (stated.scheme_id, stated.scheme_version, stated.language, stated.effective_from)
    granted = (grant.scheme_id, grant.scheme_version, grant.language, grant.effective_from)
    if said != granted or stated.expires_on != expires_on or sorted(stated.scope) != sorted(scope):
        raise Unverifiable("certificate-differs", "the certificate does not say what was granted")
    first, last = day_in_words(stated.effective_from), expires_on and day_in_words(expires_on)
    until = Words(f" to {last.en}", f" jusqu’au {last.fr}") if last else Words("", "")
    return _passed(
        f"{stated.scheme_title_en}, granted by two people, valid from {first.en}{until.en}",
        f"{stated.scheme_title_fr}, décision de deux personnes, à compter du {first.fr}{until.fr}",
    )


def _require_one_life(facts: list[CertificationFact], documents: list[Document]) -> None:
    """A certification is granted once, nothing goes on after its end, and each number is given once."""
    life = "".join(_LETTERS.get(type(fact), "o") for fact in facts)
    if not _LIFE.fullmatch(life) or len({f.certificate.number for f in documents}) < len(documents):
        raise Unverifiable("statements-impossible", "the certification was granted, ended or numbered twice")


def holder(case: Case) -> Found:
    certified = {digest.name: digest.digest for digest in case.certificate.holder}
    disclosed: dict[str, str] = {}
    for encoded in case.bundle.disclosures:
        disclosure = Disclosure.parse(encoded)
        if certified.get(disclosure.name) != disclosure.digest:
            raise Unverifiable("disclosure-other", f"disclosures: {disclosure.name} is not what was certified")
        disclosed[disclosure.name] = str(disclosure.value)
    if not disclosed:
        return CheckResult.UNKNOWN, Words(
            "the bundle does not disclose the name", "le dossier ne communique pas le nom"
        )
    case.holder = full_name(disclosed)
    return _passed(case.holder, case.holder)


def keys(case: Case) -> Found:
    for event in case.events:
        revoked = event.facts
        if isinstance(revoked, KeyRevoked) and revoked.compromised_since is not None:
            since = revoked.compromised_since
            if any(key_id == revoked.key_id and time >= since for key_id, time in case.signed_with):
                at, key_id = day_in_words(since), revoked.key_id
                return CheckResult.UNKNOWN, Words(
                    f"key {key_id} signed after {at.en}, the date from which it is reported compromised",
                    f"la clé {key_id} a signé après le {at.fr}, date à partir de laquelle elle est signalée comme "
                    f"compromise",
                )
    return _passed("no key is reported compromised", "aucune clé n’est signalée comme compromise")


def status(case: Case) -> Found:
    (stream,) = (stream for stream in case.heads.versions if stream.kind == "certification")
    certification: Certification = case.read.certification(stream.id)
    case.status = status = status_on(min(case.day, case.today), certification, case.certificate, case.superseded)
    if case.day > case.today:
        return CheckResult.UNKNOWN, Words("the day has not come", "ce jour n’est pas encore arrivé")
    is_in_force = status.status is CertificateStatus.VALID
    return CheckResult.PASSED if is_in_force else CheckResult.FAILED, status.clause(case.today)


def witnesses(case: Case) -> Found:
    case.witnessed = witnessed = case.trust.witnesses.require(case.bundle.checkpoint)
    (place,) = (n for n, e in enumerate(case.events) if is_of_certificate(e.facts, case.bundle.number))
    first = _first_witnessed(case, case.bundle.statements[place])
    entry, head = case.bundle.statements[place].index + 1, case.events[place].head.size
    after_en = f"the certificate (entry {entry}) was signed after entry {head}"
    after_fr = f"le certificat (entrée {entry}) a été signé après l’entrée {head}"
    if witnessed is None:
        # The log's own word binds nobody but the log: it is said as such, and the check stays unknown.
        by = moment_in_words(case.heads.time)
        return CheckResult.UNKNOWN, Words(
            f"your trust root names no witnesses; {after_en} and, according to the log alone, before {by.en}",
            f"votre racine de confiance ne nomme aucun témoin ; {after_fr} et, selon le seul journal, avant le {by.fr}",
        )
    if witnessed.at > case.now + CLOCK_SKEW:
        raise Unverifiable("witnessed-time", "checkpoint: cosigned in the future")
    names = ", ".join(sorted(witnessed.times))
    before = moment_in_words(min(witnessed.since, first or witnessed.since))
    return _passed(f"{names}: {after_en} and before {before.en}", f"{names} : {after_fr} et avant le {before.fr}")


def recent(case: Case) -> Found:
    # Whoever holds the log's key dates heads as they like; of what came after a checkpoint only witnesses tell.
    stated = case.heads.time if case.witnessed is None else min(case.heads.time, case.witnessed.at)
    age = case.now - stated
    days, s = max(age.days, 0), "s" if age.days > 1 else ""
    result = CheckResult.PASSED if age <= case.recent else CheckResult.UNKNOWN
    ago = Words("today", "aujourd’hui") if days == 0 else Words(f"{days} day{s} ago", f"il y a {days} jour{s}")
    if stated == case.heads.time:
        return result, Words(f"stated {ago.en}", f"déclaré {ago.fr}")
    return result, Words(f"witnessed {ago.en}", f"attesté par les témoins {ago.fr}")


def _first_witnessed(case: Case, certificate: Included) -> datetime | None:
    """When a quorum had cosigned the earlier checkpoint that the bundle brings, if it does and they had."""
    first = case.bundle.first
    if first is UNSET:
        return None
    checkpoint = case.trust.opened(first.checkpoint)
    leaf = leaf_hash(certificate.envelope)
    verify_inclusion(leaf, certificate.index, checkpoint.size, list(first.path), checkpoint.root)
    # Who asks for more witnesses than the log did then has the later checkpoint's word.
    witnessed = case.trust.witnesses.witnessed(first.checkpoint)
    return None if witnessed is None else witnessed.since


def _passed(en: str, fr: str) -> Found:
    return CheckResult.PASSED, Words(en, fr)
