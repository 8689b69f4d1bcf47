"""The application of a candidate, and what they sign with it (ISO/IEC 17024, 9.1 and 9.7).

Whoever has a key signs in their own name. For anybody else a registrar records the paper that they signed by hand. All
of it comes before the selection, which requires the steps that the version of the scheme names.
"""

from datetime import date
from typing import ClassVar

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CandidacyCommand
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import application as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.words import Words

ITEMS = ("cv", "years_of_pca", "languages", "technical_areas", "prior_missions")
_NEEDED: dict[facts.Item, str | None] = {
    "cv": "cv", "years-of-pca": "years_of_pca", "languages": "languages", "declaration": None,
}  # fmt: skip
"""What a complete application has, and the name of the digest that states it: the declaration is the statement."""
IN_OWN_NAME = "A candidate signs what they declare in their own name."


class SubmitApplication(CandidacyCommand, frozen=True, kw_only=True):
    sealed_names: ClassVar = {"details": ITEMS}
    text: facts.DeclarationText
    details: tuple[Digest, ...]


class ReceiveApplication(CandidacyCommand, frozen=True, kw_only=True):
    sealed_names: ClassVar = {"details": ITEMS}
    text: facts.DeclarationText
    details: tuple[Digest, ...]
    signed_on: date
    evidence: Digest


class ReturnApplication(CandidacyCommand, frozen=True, kw_only=True):
    missing: tuple[facts.Item, ...]
    complete_by: date
    reason: Digest | None = None


class DeclareApplicationComplete(CandidacyCommand, frozen=True, kw_only=True):
    checklist: tuple[facts.Item, ...]


class AcceptCodeOfConduct(CandidacyCommand, frozen=True, kw_only=True):
    text: facts.ConductText


class DeclareInterests(CandidacyCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"relation_code": "declared_relation"}
    relation_code: Digest
    reason: Digest | None = None


class ReceiveSignedPaper(CandidacyCommand, frozen=True, kw_only=True):
    text: facts.PaperText
    signed_on: date
    evidence: Digest


def submit_application(command: SubmitApplication, act: Act, read: Reader) -> Fact:
    """A candidate applies in their own name, with the signed declaration."""
    candidacy = in_own_name(command, act, read)
    return command.stated_as(facts.ApplicationSubmitted, **_applied_for(candidacy, command.details, read))


def receive_application(command: ReceiveApplication, act: Act, read: Reader) -> Fact:
    """A registrar records an application whose declaration was signed by hand."""
    candidacy = by_officer(command, act, read)
    _require_signed(command.signed_on, act)
    return command.stated_as(facts.ApplicationReceived, **_applied_for(candidacy, command.details, read))


def return_application(command: ReturnApplication, act: Act, read: Reader) -> Fact:
    """A registrar returns an application that lacks something, until a day before the workshop."""
    candidacy = by_officer(command, act, read)
    _require_submitted(candidacy)
    require.each_once("missing", command.missing)
    if not act.day <= command.complete_by < read.session(candidacy.nominated.session_id).planned.start:
        raise Refused("malformed", field="complete_by", expected=require.BEFORE_IT_BEGINS)
    return command.stated_as(facts.ApplicationReturned)


def declare_application_complete(command: DeclareApplicationComplete, act: Act, read: Reader) -> Fact:
    """A registrar checked every item that an application must have, each of which it states."""
    candidacy = by_officer(command, act, read)
    details = _require_submitted(candidacy)
    require.each_once("checklist", command.checklist)
    stated = {detail.name for detail in details}
    missing = [
        item
        for item, name in _NEEDED.items()
        if item not in command.checklist or (name is not None and name not in stated)
    ]
    if missing:
        raise Refused("application-incomplete", items=", ".join(missing))
    return command.stated_as(facts.ApplicationDeclaredComplete)


def accept_code_of_conduct(command: AcceptCodeOfConduct, act: Act, read: Reader) -> Fact:
    """A candidate accepts the code of conduct in their own name."""
    in_own_name(command, act, read)
    return command.stated_as(facts.CodeOfConductAccepted)


def declare_interests(command: DeclareInterests, act: Act, read: Reader) -> Fact:
    """A candidate declares a tie to somebody who acts in the workshop, or that there is none."""
    in_own_name(command, act, read)
    return command.stated_as(facts.InterestsDeclared)


def receive_signed_paper(command: ReceiveSignedPaper, act: Act, read: Reader) -> Fact:
    """A registrar records that a candidate signed a text by hand."""
    candidacy = by_officer(command, act, read)
    _require_signed(command.signed_on, act)
    declared = read.session(candidacy.nominated.session_id).ai_declared_on if command.text == "ai-notice/v1" else {}
    # A paper informs of nothing that was declared after it was signed.
    use_ids = tuple(use_id for use_id, day in declared.items() if day <= command.signed_on)
    return command.stated_as(facts.SignedPaperReceived, use_ids=use_ids)


def in_own_name(command: CandidacyCommand, act: Act, read: Reader) -> Candidacy:
    """The candidacy of whoever signs, which is not decided on yet."""
    candidate = read.candidate(command.candidacy_id)
    if candidate is not None:  # first: how the candidacy of another stands is not told
        require.in_own_name(act, candidate, read)
    return require.underway(command.candidacy_id, read)


def by_officer(command: CandidacyCommand, act: Act, read: Reader) -> Candidacy:
    """The candidacy that officers act on, which is not decided on yet: no candidate of the workshop is among them."""
    candidacy = require.underway(command.candidacy_id, read)
    for signer in act.by:
        require.no_candidate(signer.person, candidacy.nominated.session_id, read)
    return candidacy


def _applied_for(candidacy: Candidacy, details: tuple[Digest, ...], read: Reader) -> dict[str, object]:
    """What the candidate applies for, of a candidacy that still takes an application."""
    _require_incomplete(candidacy)
    require.none_twice("details", [detail.name for detail in details])
    planned = read.session(candidacy.nominated.session_id).planned
    return {"scheme_id": planned.scheme_id, "scheme_version": planned.scheme_version}


def _require_incomplete(candidacy: Candidacy) -> None:
    if candidacy.eligible is not None:
        raise Refused("selection-decided")
    if candidacy.preparation.complete:
        raise Refused("application-complete")


def _require_submitted(candidacy: Candidacy) -> tuple[Digest, ...]:
    """The items of an application that waits for a registrar: one that was returned waits for the candidate."""
    _require_incomplete(candidacy)
    prepared = candidacy.preparation
    if prepared.application is None or prepared.returned is not None:
        raise Refused("application-awaited")
    return prepared.application


def _require_signed(signed_on: date, act: Act) -> None:
    if signed_on > act.day:
        raise Refused("in-the-future", field="signed_on")


# fmt: off
COMMANDS = (
    command_type("submit-application", SubmitApplication, submit_application,
        EventType("application-submitted/v1", facts.ApplicationSubmitted, (Role.KEY_HOLDER,), "confidential",
                  Words("Application submitted", "Dossier de candidature déposé")),
        own_case=IN_OWN_NAME),
    command_type("receive-application", ReceiveApplication, receive_application,
        EventType("application-received/v1", facts.ApplicationReceived, (Role.REGISTRAR,), "confidential",
                  Words("Application received on paper", "Dossier de candidature reçu sur papier"))),
    command_type("return-application", ReturnApplication, return_application,
        EventType("application-returned/v1", facts.ApplicationReturned, (Role.REGISTRAR,), "confidential",
                  Words("Application returned", "Dossier renvoyé pour complément"))),
    command_type("declare-application-complete", DeclareApplicationComplete, declare_application_complete,
        EventType("application-declared-complete/v1", facts.ApplicationDeclaredComplete, (Role.REGISTRAR,),
                  "confidential", Words("Application declared complete", "Dossier déclaré complet"))),
    command_type("accept-code-of-conduct", AcceptCodeOfConduct, accept_code_of_conduct,
        EventType("code-of-conduct-accepted/v1", facts.CodeOfConductAccepted, (Role.KEY_HOLDER,), "restricted",
                  Words("Code of conduct accepted", "Code de conduite accepté")),
        own_case=IN_OWN_NAME),
    command_type("declare-interests", DeclareInterests, declare_interests,
        EventType("interests-declared/v1", facts.InterestsDeclared, (Role.KEY_HOLDER,), "confidential",
                  Words("Interests declared", "Intérêts déclarés")),
        own_case=IN_OWN_NAME),
    command_type("receive-signed-paper", ReceiveSignedPaper, receive_signed_paper,
        EventType("signed-paper-received/v1", facts.SignedPaperReceived, (Role.REGISTRAR,), "confidential",
                  Words("Signed paper received", "Document signé reçu"))),
)
# fmt: on
