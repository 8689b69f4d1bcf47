"""Facts on artificial intelligence in a workshop: for what it is used, who checks it, and which candidates know."""

from typing import Literal

from ledger.domain.record import Fact

AiPurpose = Literal["summarise-applications", "translate", "flag-anomalies", "draft-feedback", "draft-material"]
AiInput = Literal["applications", "work-of-candidates", "score-sheets", "correspondence", "no-personal-data"]


class AiUseDeclared(Fact, frozen=True, kw_only=True):
    """A model is used in this workshop for one purpose; a person checks every result before anyone relies on it.

    ``model`` and ``model_version`` are as the supplier names them. It decides nothing: people sign every statement.
    """

    use_id: str
    purpose: AiPurpose
    touches: tuple[AiInput, ...]
    model: str
    model_version: str
    person_id: str


class AiUseAcknowledged(Fact, frozen=True, kw_only=True):
    """The candidate was informed of these uses: all that were declared for the workshop."""

    text: Literal["ai-notice/v1"]
    use_ids: tuple[str, ...]
