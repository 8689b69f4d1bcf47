"""The use of artificial intelligence in a workshop (6.5 of the edition of ISO/IEC 17024 of 2026).

No program decides: every seat of every statement is filled by a person with a key of their own. A declared use has a
validator, a person who checks each result, and accepts this in their own name. A candidate of the workshop who was not
informed of every use that was declared cannot be decided on.
"""

from typing import Literal

import msgspec

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CandidacyCommand, SessionCommand
from ledger.domain.decisions.application import IN_OWN_NAME, in_own_name
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import ai_use as facts
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.words import Words


class DeclareAiUse(SessionCommand, frozen=True, kw_only=True):
    use_id: str
    purpose: facts.AiPurpose
    touches: tuple[facts.AiInput, ...]
    model: str
    model_version: str
    person_id: str


class AcknowledgeAiUse(CandidacyCommand, frozen=True, kw_only=True):
    text: Literal["ai-notice/v1"]


def declare_ai_use(command: DeclareAiUse, act: Act, read: Reader) -> Fact:
    """A programme manager declares a use, and the officer who validates its results accepts to."""
    session = require.session(command.session_id, read)
    if session.closed:
        raise Refused("session-closed", session=command.session_id)
    for signer in act.by:
        require.no_candidate(signer.person, command.session_id, read)
    require.in_own_name(msgspec.structs.replace(act, by=act.by[1:]), command.person_id, read)
    require.person(command.person_id, read)
    require.officer(command.person_id, act, read)
    if command.use_id in session.ai_uses:
        raise Refused("already-exists", kind="use", id=command.use_id)
    require.each_once("touches", command.touches)
    return command.stated_as(facts.AiUseDeclared)


def acknowledge_ai_use(command: AcknowledgeAiUse, act: Act, read: Reader) -> Fact:
    """A candidate acknowledges in their own name every use that was declared for the workshop, or that none was."""
    candidacy = in_own_name(command, act, read)
    uses = read.session(candidacy.nominated.session_id).ai_uses
    return command.stated_as(facts.AiUseAcknowledged, use_ids=tuple(uses))


# fmt: off
SESSION_COMMANDS = (
    command_type("declare-ai-use", DeclareAiUse, declare_ai_use,
        EventType("ai-use-declared/v1", facts.AiUseDeclared, (Role.PROGRAMME_MANAGER, Role.KEY_HOLDER), "restricted",
                  Words("Use of artificial intelligence declared", "Emploi de l’intelligence artificielle déclaré")),
        names=lambda said: said.person_id,
        own_case="The validator accepts in their own name to check the results."),
)
CANDIDACY_COMMANDS = (
    command_type("acknowledge-ai-use", AcknowledgeAiUse, acknowledge_ai_use,
        EventType("ai-use-acknowledged/v1", facts.AiUseAcknowledged, (Role.KEY_HOLDER,), "confidential",
                  Words("Use of artificial intelligence acknowledged",
                        "Prise d’acte de l’emploi de l’intelligence artificielle")),
        own_case=IN_OWN_NAME),
)
# fmt: on
