"""What a third party checks about one certificate: offline, in numbered steps, with no database.

 1. The file is a verification bundle, within bounds.
 2. Its checkpoint is signed by the log of the trust root, which the *caller* brings along.
 3. Leaf 0 is the founding that the trust root names.
 4. Every statement is in the log, at its place, under that checkpoint.
 5. No statement is left out of the streams that matter: the log states, signed, where each ends.
 6. Every signature is valid, made with a key and in a role then in force at that place, by distinct people.
 7. The certificate was issued on a grant, and says what the grant and the changes until then say (ISO/IEC 17024 9.4.8).
 8. The holder's name, if the bundle discloses it, is the one that was certified.
 9. No key behind it was reported as compromised before it signed.
10. The status on the day asked, as the log states it, and whether all that the certificate covers is certified then.
11. Witnesses have cosigned the checkpoint, as the policy of the trust root asks.
12. The log's statement is recent, and so are the witnesses' cosignatures: a log can sign fresh heads over an old tree.

What is not a bundle (1), or comes from another log (2), cannot be checked. Any other failure in 2 to 8, or in 11,
means: not authentic, and what follows is not checked. A key in doubt (9), a day to come (10) and an old statement (12)
leave open what was asked, so it was not checked either. What no bundle can show is left to the audit of the whole
ledger (scores, selection, separation of duties) and to other people's copies of the log (that it shows everyone the
same entries).
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import cast

import msgspec
from msgspec import UNSET

from ledger.bundle import Bundle, Included, is_of_certificate
from ledger.disclosures import Disclosure
from ledger.domain.certificate_status import CertificateStatus
from ledger.domain.dating import CLOCK_SKEW
from ledger.domain.deciding import require_seats_of
from ledger.domain.events.certification import (
    DOCUMENTS,
    CertificateContent,
    CertificationGranted,
    CertificationWithdrawn,
    CertificationWithdrawnV1,
    Document,
)
from ledger.domain.events.office import FOUNDING, KeyRevoked
from ledger.domain.events.persons import NAME_DETAILS
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
from ledger.verdict import (
    NOT_CHECKED,
    Check,
    CheckResult,
    Verdict,
    VerificationReport,
    failure,
    proved_false,
    reason,
    to_come,
)
from ledger.words import Words, day_in_words, moment_in_words, sentence

RECENT = timedelta(days=7)  # how old a statement of status may be, unless the caller says otherwise
OF_ANOTHER_LOG = "log-other"
FINAL = (CertificateStatus.WITHDRAWN, CertificateStatus.SUPERSEDED)  # no later entry changes it

Found = tuple[CheckResult, Words]


def verify_bundle(
    data: bytes, trust: TrustRoot, now: datetime, *, day: date | None = None, recent: timedelta = RECENT
) -> VerificationReport:
    """Check a bundle against a trust root, at ``now`` (aware UTC); ``day`` is the day asked, or today."""
    case = _Case(data, trust, now, day or now.date(), recent)
    checks: list[Check] = []
    ended: tuple[Verdict, Words] | None = None
    for number, step in enumerate(PLAN, 1):
        result, detail = CheckResult.UNKNOWN, NOT_CHECKED
        if ended is None:
            try:
                result, detail = step.check(case)
            except Exception as error:  # noqa: BLE001 - whatever was signed by those who may, in no order that makes sense
                code = error.code if isinstance(error, Unverifiable) else "malformed"
                detail = failure(step.failed, code, error)
                if step.check is _format or code == OF_ANOTHER_LOG:
                    ended = Verdict.NOT_CHECKED, sentence(*reason(step.failed, error))
                else:
                    ended, result = (Verdict.NOT_AUTHENTIC, proved_false(step.failed)), CheckResult.FAILED
        checks.append(Check(number=number, code=step.code, title=step.title, result=result, detail=detail))
    verdict, says = ended or _concluded(case, {check.code: check for check in checks})
    return VerificationReport(
        verdict=verdict,
        sentence=says,
        checks=tuple(checks),
        read="bundle",
        number=case.bundle.number if ended is None else None,
        holder=case.holder if ended is None else None,
        standing=case.status if ended is None and case.day <= case.today else None,
        day=case.day,
        stated=case.heads.time if ended is None else None,
    )


def _concluded(case: "_Case", checks: dict[str, Check]) -> tuple[Verdict, Words]:
    """What authentic statements amount to. What is not in force stays so, however old the statement of it is."""
    (keys_en, keys_fr), (recent_en, recent_fr) = checks["keys"].detail, checks["recent"].detail
    known, changed = sentence(*case.status.clause(case.today)), Words("", "")
    if checks["recent"].result is CheckResult.UNKNOWN and case.status.status not in FINAL:
        en = f"the status may have changed since: it was {recent_en}; get a newer bundle"
        fr = f"le statut a pu changer depuis : {recent_fr} ; procurez-vous un dossier plus récent"
        changed = sentence(en, fr)
    if checks["keys"].result is CheckResult.UNKNOWN:
        en, fr = f"a signing key is in doubt: {keys_en}", f"une clé de signature est sujette à caution : {keys_fr}"
        return Verdict.NOT_CHECKED, sentence(en, fr)
    if checks["status"].result is CheckResult.UNKNOWN:
        return Verdict.NOT_CHECKED, to_come(case.status, case.day)
    if checks["status"].result is CheckResult.FAILED:
        return Verdict.NOT_IN_FORCE, Words(f"{known.en} {changed.en}".strip(), f"{known.fr} {changed.fr}".strip())
    if changed.en:
        return Verdict.NOT_CHECKED, changed
    return Verdict.IN_FORCE, known


class _Case:
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


def _format(case: _Case) -> Found:
    case.bundle = Bundle.parse(case.data)
    count, number = len(case.bundle.statements), case.bundle.number
    return _passed(f"{count} statements for {number}", f"{count} déclarations pour {number}")


def _checkpoint(case: _Case) -> Found:
    _require_our_log(case)
    case.checkpoint = case.trust.opened(case.bundle.checkpoint)
    origin, size = case.checkpoint.origin, case.checkpoint.size
    return _passed(f"{origin}, {size} entries", f"{origin}, {size} entrées")


def _require_our_log(case: _Case) -> None:
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


def _founding(case: _Case) -> Found:
    first = next(iter(case.bundle.statements), None)
    if first is None or first.index != 0 or leaf_hash(first.envelope).hex() != case.trust.founding_leaf:
        raise Unverifiable("founding-other", "statements[0]: expected the founding that the trust root names")
    return _passed("leaf 0 is the founding that you trust", "la feuille 0 est bien celle de votre racine de confiance")


def _inclusion(case: _Case) -> Found:
    before = -1
    for included in case.bundle.statements:
        if included.index <= before:
            raise Unverifiable("statements-order", "statements: expected in the order of the log, each once")
        before = included.index
        leaf, path = leaf_hash(included.envelope), list(included.path)
        verify_inclusion(leaf, included.index, case.checkpoint.size, path, case.checkpoint.root)
    count = len(case.bundle.statements)
    return _passed(f"{count} proofs of inclusion", f"{count} preuves d’inclusion")


def _completeness(case: _Case) -> Found:
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
    signers = {Stream("officer", signer.person) for event in case.events for signer in event.by}
    if held != heads.versions or not signers <= set(held):
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
    if event.ledger != origin or kind not in ("ledger", "officer", "certification"):
        raise Unverifiable("statements-unexpected", f"{event.type} of {event.ledger} does not belong in the bundle")
    return event


def _signatures(case: _Case) -> Found:
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
            if not claim_of(included.index, signer, signature, message, event, case.read).holds():
                raise Unverifiable("signature-invalid", f"{where}: the signature of {signer.person} does not hold")
            people.add(signer.person)
            case.signed_with.append((signature.keyid, event.time))
        case.read.add(event)
    count = len(case.signed_with)
    return _passed(f"{count} signatures of {len(people)} people", f"{count} signatures de {len(people)} personnes")


def _certificate(case: _Case) -> Found:
    facts = case.facts
    documents = [f for f in facts if isinstance(f, DOCUMENTS)]
    issued = next((f for f in documents if f.certificate.number == case.bundle.number), None)
    grant = facts[0] if facts else None
    _require_one_life(facts, documents)
    if issued is None or not isinstance(grant, CertificationGranted):
        raise Unverifiable("certificate-unknown", f"number: no certificate {case.bundle.number} was issued here")
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
    """A certification is granted once, nothing follows its withdrawal, and each number is given once."""
    granted = sum(isinstance(fact, CertificationGranted) for fact in facts)
    withdrawn = any(isinstance(fact, CertificationWithdrawn | CertificationWithdrawnV1) for fact in facts[:-1])
    if granted > 1 or withdrawn or len({f.certificate.number for f in documents}) < len(documents):
        raise Unverifiable("statements-impossible", "the certification was granted, withdrawn or numbered twice")


def _holder(case: _Case) -> Found:
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
    case.holder = " ".join(disclosed[name] for name in NAME_DETAILS if name in disclosed)
    return _passed(case.holder, case.holder)


def _keys(case: _Case) -> Found:
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


def _status(case: _Case) -> Found:
    (stream,) = (stream for stream in case.heads.versions if stream.kind == "certification")
    certification: Certification = case.read.certification(stream.id)
    case.status = status = status_on(min(case.day, case.today), certification, case.certificate, case.superseded)
    if case.day > case.today:
        return CheckResult.UNKNOWN, Words("the day has not come", "ce jour n’est pas encore arrivé")
    is_in_force = status.status is CertificateStatus.VALID
    return CheckResult.PASSED if is_in_force else CheckResult.FAILED, status.clause(case.today)


def _witnesses(case: _Case) -> Found:
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


def _recent(case: _Case) -> Found:
    # Whoever holds the log's key dates heads as they like; of what came after a checkpoint only witnesses tell.
    stated = case.heads.time if case.witnessed is None else min(case.heads.time, case.witnessed.at)
    age = case.now - stated
    days, s = max(age.days, 0), "s" if age.days > 1 else ""
    result = CheckResult.PASSED if age <= case.recent else CheckResult.UNKNOWN
    ago = Words("today", "aujourd’hui") if days == 0 else Words(f"{days} day{s} ago", f"il y a {days} jour{s}")
    if stated == case.heads.time:
        return result, Words(f"stated {ago.en}", f"déclaré {ago.fr}")
    return result, Words(f"witnessed {ago.en}", f"attesté par les témoins {ago.fr}")


def _first_witnessed(case: _Case, certificate: Included) -> datetime | None:
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


class Step(msgspec.Struct, frozen=True):
    """A row of the plan: its title, what a failure means, and the check."""

    code: str
    title: Words
    failed: Words
    check: Callable[[_Case], Found]


# fmt: off
PLAN: tuple[Step, ...] = (
    Step("format", Words("The file is a verification bundle", "Le fichier est un dossier de vérification"),
         Words("this is not a verification bundle, or it is damaged",
               "ce n’est pas un dossier de vérification, ou il est endommagé"), _format),
    Step("checkpoint", Words("The checkpoint is signed by the log that you trust",
                             "Le point de contrôle est signé par le journal auquel vous vous fiez"),
         Words("the checkpoint is not signed by the log that you trust",
               "le point de contrôle n’est pas signé par le journal auquel vous vous fiez"), _checkpoint),
    Step("founding", Words("The log begins with the founding that you trust",
                           "Le journal commence par la fondation indiquée dans votre racine de confiance"),
         Words("the log does not begin with the founding that you trust",
               "le journal ne commence pas par la fondation indiquée dans votre racine de confiance"), _founding),
    Step("inclusion", Words("Every statement is in the log", "Chaque déclaration figure au journal"),
         Words("a statement is not in the log", "une déclaration ne figure pas au journal"), _inclusion),
    Step("completeness", Words("No statement is left out", "Aucune déclaration ne manque"),
         Words("statements are left out or do not belong", "des déclarations manquent ou sont étrangères"),
         _completeness),
    Step("signatures", Words("Every signature is valid, made with a key and in a role then in force",
                             "Chaque signature est valide, émise avec une clé et dans une fonction alors en vigueur"),
         Words("a signature is not valid", "une signature n’est pas valide"), _signatures),
    Step("certificate", Words("The certificate matches what was granted",
                              "Le certificat correspond à ce qui a été accordé"),
         Words("the certificate does not match what was granted",
               "le certificat ne correspond pas à ce qui a été accordé"), _certificate),
    Step("holder", Words("The holder's name is the one that was certified",
                         "Le nom indiqué est celui qui a été certifié"),
         Words("the name is not the one that was certified", "le nom n’est pas celui qui a été certifié"), _holder),
    Step("keys", Words("No signing key is reported compromised",
                       "Aucune clé de signature n’est signalée comme compromise"),
         Words("a signing key is in doubt", "une clé de signature est sujette à caution"), _keys),
    Step("status", Words("The certificate is in force on the date asked",
                         "Le certificat est en vigueur à la date demandée"),
         Words("the status cannot be computed", "le statut ne peut être calculé"), _status),
    Step("witnesses", Words("Witnesses have cosigned the checkpoint", "Des témoins ont cosigné le point de contrôle"),
         Words("witnesses have not cosigned the checkpoint",
               "des témoins n’ont pas cosigné le point de contrôle"), _witnesses),
    Step("recent", Words("The status was stated recently", "Le statut a été déclaré récemment"),
         Words("the time of the status is not known", "la date du statut n’est pas connue"), _recent),
)
# fmt: on
