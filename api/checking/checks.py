"""Checks whatever somebody presents against the register, in numbered steps, each with its result in plain language.

 1. It has a known form, and carries what that form carries.
 2. It names this body as its issuer. If a number comes with an address, the address is this body's too.
 3. Its signature is valid, by a key of the body that was not revoked.
 4. The seal over a file is valid, by such a key, and nothing was changed afterwards.
 5. The register issued this certificate, and the document states the recorded dates.
 6. The award is in the log, signed by officers who may sign it: every check of its verification bundle.
 7. Witnesses confirmed that log.
 8. The given day is within the dates: those that a document states, or, for a number, those of the certification.
 9. On that day it is neither suspended nor withdrawn nor superseded, and its whole scope is still certified.

What has no known form (1), or was issued by another body (2), cannot be checked here. When one of 3 to 7 fails, it is
not authentic. When one cannot be carried out or leaves a doubt, as a key that was revoked does, the verdict is "not
checked", whatever the others found. Nothing after a failure is checked. A bundle brings its own twelve checks
(:mod:`ledger.verification`).

The X.509 chain of a key was verified when two officers enrolled it. Its dates must include the moment when the document
was made, not today. The register knows that moment for a document that it keeps; any other document states it itself.
"""

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import unquote, urlsplit

import msgspec
from eventsourcing.persistence import PersistenceError

from api.checking.confinement import Confined
from api.checking.issuer_keys import Outcome, ended_since, outcome_of
from api.checking.numbers import without_port
from api.checking.presented import BUNDLE_KIND, Presented
from api.confined import Patience, Stopped
from api.logs import LOG, fault
from api.problems import NotNow
from api.register import Register
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.errors import LedgerError, Unverifiable
from ledger.verdict import Check, CheckResult, Read, Verdict, VerificationReport, failure, proved_false, reason
from ledger.verification import verify_bundle
from ledger.words import Words, day_in_words, sentence
from projections.certificates import CertificateRow
from projections.credentials.forms import diploma
from projections.credentials.forms.form import Form, Statement
from projections.credentials.keys import seal_chain

UNKNOWN = CheckResult.UNKNOWN
DID_WEB = "did:web:"
DOUBTFUL = ("signature", "seal", "register", "log")
HANDLED = (LedgerError, NotNow, PersistenceError, Refused)  # about the register, not about what is presented
BROKEN = Words(
    "a fault of this program prevented the check; it was recorded for the operator",
    "un défaut de ce logiciel a empêché ce contrôle ; il a été consigné pour l’exploitant",
)
FORM = Words("Type of document", "Type de document")
ISSUER = Words("Issuer", "Émetteur")
SEAL_ALONE = Words(
    "it is sealed, but no certificate is attached that the seal could vouch for: ask for the original file",
    "il porte un cachet, mais aucune attestation jointe dont ce cachet répondrait : demandez le fichier d’origine",
)
ALTERED = ("seal-broken", "seal-changed")
BYTE_FOR_BYTE = Words(
    "identical, byte for byte, to the document issued", "identique, octet pour octet, au document délivré"
)


def check_presented(
    data: bytes, register: Register, day: date | None = None, patience: Patience | None = None
) -> VerificationReport:
    """Check the data for a day (today by default), against the register as it is now.

    Raises ``Stopped`` (busy, left) when it is not checked now.
    """
    now = register.now()
    case = _Case(data, register, now, day or now.date(), Confined(patience))
    checks: list[Check] = []
    ended: tuple[Verdict, Words] | None = None
    for step in PLAN:
        result = CheckResult.UNKNOWN
        try:
            outcome = step.check(case)
        except Unverifiable as error:
            detail = failure(step.failed, error.code, error)
            if step.check in (_form, _issuer):
                ended = Verdict.NOT_CHECKED, sentence(*reason(step.failed, error))
            else:
                ended, result = (Verdict.NOT_AUTHENTIC, _proved_false(case, step.failed, error)), CheckResult.FAILED
        except Stopped as stopped:
            if stopped.reason in ("busy", "left"):
                raise
            LOG.warning("check %s: %s", step.code, stopped)
            ended, detail = (Verdict.NOT_CHECKED, sentence(*stopped.words)), stopped.words
        except HANDLED:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is presented has a verdict; the fault is in the log
            LOG.error("check %s: %s", step.code, fault(error))
            ended, detail = (Verdict.NOT_CHECKED, sentence(*BROKEN)), BROKEN
        else:
            if case.presented.kind == BUNDLE_KIND:
                return verify_bundle(case.presented.data, register.trust, now, day=case.day)
            if outcome is None:
                continue  # the step does not apply to this kind
            result, detail = outcome
        checks.append(Check(number=len(checks) + 1, code=step.code, title=step.title, result=result, detail=detail))
        if ended is not None:
            break
    verdict, says = ended or _concluded(case, checks)
    holder = _holder(case) if ended is None else None
    if case.read == "number" and ended is None:
        says = _compare(case, holder, says)
    return VerificationReport(
        verdict=verdict,
        sentence=says,
        checks=tuple(checks),
        read=case.read,
        number=case.number,
        holder=holder,
        standing=case.bundle.standing if ended is None else None,
        day=case.day,
        stated=now if ended is None else None,
    )


def _holder(case: "_Case") -> str | None:
    """The name that a document states, or, of a number, that of a holder who agreed to be listed."""
    if case.stated is not None:
        return case.stated.holder
    return case.register.models.roster.person(case.row.person_id).name


def _compare(case: "_Case", holder: str | None, says: Words) -> Words:
    """What to do with a number: it proves nothing of the paper on which it is."""
    number = case.row.number
    if holder is None:
        return Words(
            f"Number {number} exists. Its holder's name is not public, but can be compared with that on the paper. "
            f"{says.en}",
            f"Le numéro {number} existe. Le nom de la personne titulaire n’est pas public, mais peut être comparé à "
            f"celui qui figure sur le document. {says.fr}",
        )
    of = case.register.models.roster.nominated_by(case.row.certification_id, min(case.day, case.now.date()))
    return Words(
        f"Number {number} belongs to {holder} ({of.name_en}). Compare this name with the paper. {says.en}",
        f"Le numéro {number} appartient à {holder} ({of.name_fr}). Comparez ce nom à celui du document. {says.fr}",
    )


def _proved_false(case: "_Case", failed: Words, error: Unverifiable) -> Words:
    """What is false. A number that nobody was given is one that somebody may have misread, too."""
    if case.read != "number" or error.code != "certificate-unknown":
        return proved_false(reason(failed, error))
    return Words(
        f"This register has no certificate {case.number}. Compare the number with your paper: if it is the same, the "
        "paper is not authentic.",
        f"Ce registre ne comporte aucun certificat {case.number}. Comparez ce numéro à votre document : s’il est "
        "identique, le document n’est pas authentique.",
    )


def _concluded(case: "_Case", checks: list[Check]) -> tuple[Verdict, Words]:
    """What the checks amount to when none ended them. A doubt about one of them is about everything."""
    by_code = {check.code: check for check in checks}
    doubts = [by_code[code].detail for code in DOUBTFUL if code in by_code and by_code[code].result is UNKNOWN]
    if doubts:
        return Verdict.NOT_CHECKED, sentence(*doubts[0])
    standing, dates = case.bundle.standing, by_code["dates"]
    if standing is None:
        return Verdict.NOT_CHECKED, case.bundle.sentence
    says = sentence(*standing.clause(case.now.date()))
    if by_code["status"].result is CheckResult.FAILED:
        return Verdict.NOT_IN_FORCE, says
    if dates.result is not CheckResult.PASSED:
        return Verdict.NOT_IN_FORCE, sentence(*dates.detail)
    return Verdict.IN_FORCE, says


class _Case:
    """The case under check. Each step sets what later steps need."""

    presented: Presented
    row: CertificateRow
    bundle: VerificationReport
    number: str | None = None
    stated: Statement | None = None
    read: Read | None = None

    def __init__(self, data: bytes, register: Register, now: datetime, day: date, confined: Confined) -> None:
        self.data, self.register, self.now, self.day, self.confined = data, register, now, day, confined
        self.documents = register.documents

    def made(self, form: Form) -> datetime | None:
        """When the register made the presented document; None when it does not keep it."""
        kept, made = self.documents.get(self.number or "", form.name), self.documents.set_of(self.number or "")
        is_kept = kept is not None and form.fixed(kept) == form.fixed(self.presented.data)
        return made.made if is_kept and made is not None else None


def _form(case: _Case) -> Outcome:
    case.presented = case.confined.recognised(case.data)
    case.number, case.read = case.presented.number, "document" if case.presented.form else "number"
    return CheckResult.PASSED, case.presented.words


def _issuer(case: _Case) -> Outcome | None:
    issuer, form = case.documents.issuer(), case.presented.form
    if form is None:
        _address(case)
        return None
    named = case.confined.issuer(case.presented)
    if issuer is None or named not in (issuer.did, issuer.url):
        body = _address_of(named)[:200]
        raise Unverifiable(
            "issuer-other",
            f"this was issued by {body}, another body: ask it",
            f"ce document a été délivré par {body}, un autre organisme : interrogez-le",
        )
    return CheckResult.PASSED, Words(f"{issuer.name.en} ({named})", f"{issuer.name.fr} ({named})")


def _address_of(named: str) -> str:
    """The address behind an id of the method did:web, which people can ask; any other id as it is."""
    return "https://" + unquote(named.removeprefix(DID_WEB).replace(":", "/")) if named.startswith(DID_WEB) else named


def _address(case: _Case) -> None:
    """Another body may have given the same number: a number at its address is for that body to confirm."""
    host, issuer = case.presented.host, case.documents.issuer()
    ours = {case.register.settings.base_url, *([] if issuer is None else [issuer.url])}
    if host is None or host in {without_port(url, urlsplit(url).netloc.lower()) for url in ours if url}:
        return
    address = case.presented.data.decode().strip()[:200]
    raise Unverifiable(
        "issuer-other",
        f"this is a number at {address}, the address of another body: ask it there",
        f"ce numéro figure à l’adresse {address}, celle d’un autre organisme : interrogez-le à cette adresse",
    )


def _signature(case: _Case) -> Outcome | None:
    form = case.presented.form
    if form is None:
        return None
    keys = case.documents.keys()
    verified = case.confined.signed(case.presented, keys)
    key, stated = keys.recorded.keys[verified.key_id], verified.statement
    case.stated, case.number, ended = stated, stated.number, Words("", "")
    if verified.by_chain:
        begins, _ = seal_chain.validity(key.certificates)
        # ``signed_at`` is the moment of issue, which may be before the body had this chain.
        seal_chain.require_valid(key.certificates, case.made(form) or max(stated.signed_at, begins))
        ended = ended_since(key, case.now)
    signed = day_in_words(stated.signed_at)
    return outcome_of(key, keys, Words(f"signed on {signed.en}{ended.en}", f"signé le {signed.fr}{ended.fr}"))


def _seal(case: _Case) -> Outcome | None:
    form = case.presented.form
    if case.presented.beside_seal:
        return _seal_alone(case)
    if form is None or form.verify_seal is None:
        return None
    keys = case.documents.keys()
    seal = case.confined.sealed(case.presented, keys, case.made(form))
    key = keys.recorded.keys[seal.key_id]
    stamped = "" if seal.stamped_at is None else f", {seal.stamped_at:%Y-%m-%d}"
    by, ended = f"{seal.signer}{stamped}", ended_since(key, case.now)
    return outcome_of(key, keys, Words(f"sealed by {by}{ended.en}", f"cachet de {by}{ended.fr}"))


def _seal_alone(case: _Case) -> Outcome:
    """Of a PDF without its credential: the body's own seal proves what was changed under it, and nothing else."""
    pdf = msgspec.structs.replace(case.presented, kind=diploma.PDF.name, data=case.data)
    try:
        case.confined.sealed(pdf, case.documents.keys(), None)
    except Unverifiable as error:
        if error.code in ALTERED:
            case.read = "document"
            raise
    return UNKNOWN, SEAL_ALONE


def _register(case: _Case) -> Outcome:
    row = case.register.models.certificates.by_number(case.number or "")
    if row is None:
        number = (case.number or "")[:64]
        raise Unverifiable(
            "certificate-unknown",
            f"this register has issued no certificate {number}",
            f"ce registre n’a délivré aucun certificat {number}",
        )
    case.row, recorded, stated = row, row.content, case.stated
    if stated is not None and (stated.valid_from, stated.valid_until) != (recorded.effective_from, recorded.expires_on):
        raise Unverifiable(
            "certificate-differs",
            "its dates are not those in the register",
            "ses dates ne sont pas celles du registre",
        )
    form = case.presented.form
    kept = None if form is None else case.documents.get(row.number, form.name)
    if kept == case.presented.data:
        return CheckResult.PASSED, BYTE_FOR_BYTE
    if form is not None and kept is not None and form.altered is CheckResult.FAILED:
        raise Unverifiable(
            "document-altered", "it is not the document that was issued", "ce n’est pas le document qui a été délivré"
        )
    if form is not None and kept is not None and form.altered is CheckResult.UNKNOWN:
        return CheckResult.UNKNOWN, Words(
            "the credential in it was issued, but the image around it is not the one issued: do not rely on the image",
            "l’attestation qu’il contient a été délivrée, mais l’image qui l’entoure n’est pas celle d’origine : ne "
            "vous fiez pas à l’image",
        )
    return CheckResult.PASSED, Words(
        f"{row.number} was issued on {day_in_words(row.issued).en}",
        f"{row.number}, délivré le {day_in_words(row.issued).fr}",
    )


def _log(case: _Case) -> Outcome:
    case.bundle = verify_bundle(bytes(case.register.bundle(case.row)), case.register.trust, case.now, day=case.day)
    if case.bundle.verdict is Verdict.NOT_AUTHENTIC:
        failed = next(c for c in case.bundle.checks if c.result is CheckResult.FAILED)
        raise Unverifiable("log-broken", f"its verification bundle: {failed.detail.en}")
    keys = next(c for c in case.bundle.checks if c.code == "keys")
    return keys.result, Words(
        f"the award is in the log and signed; {keys.detail.en}",
        f"la décision figure au journal, signée par les responsables ; {keys.detail.fr}",
    )


def _witnesses(case: _Case) -> Outcome:
    witnesses = next(c for c in case.bundle.checks if c.code == "witnesses")
    return witnesses.result, witnesses.detail


def _dates(case: _Case) -> Outcome:
    stated, standing = case.row.content, case.row.standing
    # A renewal extends the certification, which a number stands for. A document keeps the dates that it states.
    ends = standing.expires_on if case.stated is None else stated.expires_on
    first = day_in_words(stated.effective_from)
    if ends is None:
        en, fr = f"valid from {first.en}, with no expiry date", f"valide à compter du {first.fr}, sans échéance"
    else:
        last = day_in_words(ends)
        en, fr = f"valid from {first.en} to {last.en}", f"valide du {first.fr} au {last.fr}"
    if case.day > case.now.date():
        return UNKNOWN, Words(en, fr)
    if stated.effective_from <= case.day and (ends is None or case.day <= ends):
        return CheckResult.PASSED, Words(en, fr)
    if standing.expires_on and standing.on(case.day) is Status.VALID:  # after the end that the document states
        until = day_in_words(standing.expires_on)
        en += f"; the certification was renewed until {until.en}: ask for the reissued document"
        fr += f" ; la certification a été renouvelée jusqu’au {until.fr} : demandez le document réémis"
    return CheckResult.FAILED, Words(en, fr)


def _status(case: _Case) -> Outcome:
    status = next(c for c in case.bundle.checks if c.code == "status")
    return status.result, status.detail


class _Step(msgspec.Struct, frozen=True):
    """One step; ``failed`` says what its failure means."""

    code: str
    check: Callable[[_Case], Outcome | None]
    title: Words
    failed: Words


# fmt: off
PLAN: tuple[_Step, ...] = (
    _Step("form", _form, FORM,
          Words("this is nothing that can be read here", "ce contenu n’est pas reconnu")),
    _Step("issuer", _issuer, ISSUER,
          Words("this was not issued by this body", "ce document n’a pas été délivré par cet organisme")),
    _Step("signature", _signature, Words("Signature", "Signature"),
          Words("the signature is not valid", "la signature n’est pas valide")),
    _Step("seal", _seal, Words("Seal", "Cachet électronique"),
          Words("the seal is not valid", "le cachet n’est pas valide")),
    _Step("register", _register, Words("Register", "Registre"),
          Words("the register does not confirm it", "le registre ne le confirme pas")),
    _Step("log", _log, Words("Log", "Journal"),
          Words("the log does not prove it", "le journal ne le prouve pas")),
    _Step("witnesses", _witnesses, Words("Witnesses", "Témoins"),
          Words("witnesses do not confirm it", "les témoins ne le confirment pas")),
    _Step("dates", _dates, Words("Dates", "Dates"),
          Words("its dates are not known", "ses dates ne sont pas connues")),
    _Step("status", _status, Words("Status", "Statut"), Words("its status is not known", "son statut n’est pas connu")),
)
# fmt: on
