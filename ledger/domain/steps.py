"""What a candidate must have done before they are decided on, and what of it is missing (ISO/IEC 17024, 9.1).

The version of the scheme under which a workshop was planned says which steps there are. Where the use of artificial
intelligence was declared for a workshop, each candidate must have been informed of it, whatever the version says.
"""

from ledger.domain.events.scheme import SchemeVersionDrafted, Step
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session
from ledger.words import Words

STEP_NAMES: dict[Step, Words] = {
    "application": Words("a complete application", "un dossier de candidature complet"),
    "code-of-conduct": Words("acceptance of the code of conduct", "l’acceptation du code de conduite"),
    "interests": Words("a declaration of interests", "une déclaration d’intérêts"),
    "identity": Words("a verified identity", "une identité vérifiée"),
    "ai-notice": Words(
        "acknowledgement of how artificial intelligence is used",
        "la prise d’acte de l’emploi de l’intelligence artificielle",
    ),
}


def steps_of(session: Session, version: SchemeVersionDrafted) -> tuple[Step, ...]:
    """Return the steps of each candidate of a workshop."""
    has_notice = "ai-notice" in version.steps
    return version.steps if has_notice or not session.ai_uses else (*version.steps, "ai-notice")


def is_done(step: Step, candidacy: Candidacy, session: Session) -> bool:
    """Whether a candidate has done a step; a notice covers what was declared until it was acknowledged."""
    prepared = candidacy.preparation
    return {
        "application": prepared.complete,
        "code-of-conduct": prepared.accepted_code,
        "interests": prepared.declared_interests,
        "identity": prepared.identity is not None,
        "ai-notice": prepared.ai_uses is not None and session.ai_uses.keys() <= prepared.ai_uses,
    }[step]


def missing_steps(candidacy: Candidacy, session: Session, version: SchemeVersionDrafted) -> tuple[Step, ...]:
    """Return the steps that a candidate has not done, in the order of the scheme."""
    return tuple(step for step in steps_of(session, version) if not is_done(step, candidacy, session))


def missing_for_selection(candidacy: Candidacy, session: Session, version: SchemeVersionDrafted) -> tuple[Step, ...]:
    """Return what keeps the selection from being decided: the identity is verified later."""
    return tuple(step for step in missing_steps(candidacy, session, version) if step != "identity")


def named(steps: tuple[Step, ...]) -> Words:
    """Return the names of steps in words, each separated by a comma."""
    names = [STEP_NAMES[step] for step in steps]
    return Words(", ".join(name.en for name in names), ", ".join(name.fr for name in names))
