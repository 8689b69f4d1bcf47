"""A rehearsal: the rules decide proposals in order, each as if those before it were recorded. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from api.secretariat.proposals import Proposal
from ledger.domain.deciding import decide
from ledger.domain.decisions.acting import Act
from ledger.domain.record import Event, Head
from ledger.domain.subjects import BY_FACT
from ledger.reading import Draft
from ledger.store.ledger import Ledger


class Rehearsal:
    """The record as it would be; ``proposals`` bring the values behind new digests, and all are decided ``at`` once."""

    def __init__(self, ledger: Ledger, proposals: Iterable[Proposal], at: datetime) -> None:
        self.read: Draft = ledger.read(d for proposal in proposals for d in proposal.disclosures)
        self._origin = ledger.trust.origin
        self._at = at

    def play(self, proposal: Proposal) -> None:
        """Decide a proposal, and add what would be recorded. Raises ``Refused``."""
        decided = decide(proposal.command, Act(proposal.signers, self._at), self.read)
        self.read.add(
            Event(
                ledger=self._origin,
                type=BY_FACT[type(decided.fact)].wire_name,
                stream=str(decided.stream),
                version=self.read.version(decided.stream) + 1,
                time=self._at,
                nonce=b"",
                head=Head(0, b""),
                by=proposal.signers,
                facts=decided.fact,
            )
        )
