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

What is not a bundle (1), or comes from another log (2), cannot be checked, nor can a passkey's signature of a later
version of this program (6). Any other failure in 2 to 8, or in 11,
means: not authentic, and what follows is not checked. A key in doubt (9), a day to come (10) and an old statement (12)
leave open what was asked, so it was not checked either. What no bundle can show is left to the audit of the whole
ledger (scores, selection, separation of duties) and to other people's copies of the log (that it shows everyone the
same entries).
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import msgspec

from ledger import bundle_steps as steps
from ledger.domain.certificate_status import CertificateStatus
from ledger.errors import Unverifiable
from ledger.signing.passkey_faults import LATER_VERSION
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
from ledger.words import Words, sentence

RECENT = timedelta(days=7)  # how old a statement of status may be, unless the caller says otherwise
UNKNOWN = (steps.OF_ANOTHER_LOG, *LATER_VERSION)  # none of them says that something is false
# No later entry changes it. A withdrawal that was appealed against may be annulled.
FINAL = (CertificateStatus.RELINQUISHED, CertificateStatus.ANNULLED, CertificateStatus.SUPERSEDED)


def verify_bundle(
    data: bytes, trust: TrustRoot, now: datetime, *, day: date | None = None, recent: timedelta = RECENT
) -> VerificationReport:
    """Check a bundle against a trust root, at ``now`` (aware UTC); ``day`` is the day asked, or today."""
    case = steps.Case(data, trust, now, day or now.date(), recent)
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
                if step.check is steps.bundle_format or code in UNKNOWN:
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


def _concluded(case: steps.Case, checks: dict[str, Check]) -> tuple[Verdict, Words]:
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


class Step(msgspec.Struct, frozen=True):
    """A row of the plan: its title, what a failure means, and the check."""

    code: str
    title: Words
    failed: Words
    check: Callable[[steps.Case], steps.Found]


# fmt: off
PLAN: tuple[Step, ...] = (
    Step("format", Words("The file is a verification bundle", "Le fichier est un dossier de vérification"),
         Words("this is not a verification bundle, or it is damaged",
               "ce n’est pas un dossier de vérification, ou il est endommagé"), steps.bundle_format),
    Step("checkpoint", Words("The checkpoint is signed by the log that you trust",
                             "Le point de contrôle est signé par le journal auquel vous vous fiez"),
         Words("the checkpoint is not signed by the log that you trust",
               "le point de contrôle n’est pas signé par le journal auquel vous vous fiez"), steps.checkpoint),
    Step("founding", Words("The log begins with the founding that you trust",
                           "Le journal commence par la fondation indiquée dans votre racine de confiance"),
         Words("the log does not begin with the founding that you trust",
               "le journal ne commence pas par la fondation indiquée dans votre racine de confiance"), steps.founding),
    Step("inclusion", Words("Every statement is in the log", "Chaque déclaration figure au journal"),
         Words("a statement is not in the log", "une déclaration ne figure pas au journal"), steps.inclusion),
    Step("completeness", Words("No statement is left out", "Aucune déclaration ne manque"),
         Words("statements are left out or do not belong", "des déclarations manquent ou sont étrangères"),
         steps.completeness),
    Step("signatures", Words("Every signature is valid, made with a key and in a role then in force",
                             "Chaque signature est valide, émise avec une clé et dans une fonction alors en vigueur"),
         Words("a signature is not valid", "une signature n’est pas valide"), steps.signatures),
    Step("certificate", Words("The certificate matches what was granted",
                              "Le certificat correspond à ce qui a été accordé"),
         Words("the certificate does not match what was granted",
               "le certificat ne correspond pas à ce qui a été accordé"), steps.certificate),
    Step("holder", Words("The holder's name is the one that was certified",
                         "Le nom indiqué est celui qui a été certifié"),
         Words("the name is not the one that was certified", "le nom n’est pas celui qui a été certifié"),
         steps.holder),
    Step("keys", Words("No signing key is reported compromised",
                       "Aucune clé de signature n’est signalée comme compromise"),
         Words("a signing key is in doubt", "une clé de signature est sujette à caution"), steps.keys),
    Step("status", Words("The certificate is in force on the date asked",
                         "Le certificat est en vigueur à la date demandée"),
         Words("the status cannot be computed", "le statut ne peut être calculé"), steps.status),
    Step("witnesses", Words("Witnesses have cosigned the checkpoint", "Des témoins ont cosigné le point de contrôle"),
         Words("witnesses have not cosigned the checkpoint",
               "des témoins n’ont pas cosigné le point de contrôle"), steps.witnesses),
    Step("recent", Words("The status was stated recently", "Le statut a été déclaré récemment"),
         Words("the time of the status is not known", "la date du statut n’est pas connue"), steps.recent),
)
# fmt: on
