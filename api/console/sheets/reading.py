"""The record of a workshop with what its pages need of the vault, fetched at once: for many candidates as for few."""

from collections.abc import Iterable

from ledger.disclosures import Disclosure
from ledger.domain.decisions import require
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.states.candidacy import Candidacy
from ledger.reading import Draft
from ledger.store.ledger import Ledger


def reading(ledger: Ledger, session_id: str) -> Draft:
    """Return a reader that holds the names of a workshop's people and officers, and the levels that are sealed.

    Raises ``Refused`` when there is no such workshop.
    """
    read = ledger.read()
    session, candidacies = require.session(session_id, read), read.candidacies_in(session_id)
    people = {*session.assessors, *ledger.people(), *(one.nominated.person_id for one in candidacies)}
    digests = {named.digest for one in people for named in read.person(read.one(one)).named(*NAME_DETAILS)}
    return _holding(ledger, digests | _sealed(candidacies))


def with_levels(ledger: Ledger, session_ids: Iterable[str]) -> Draft:
    """Return a reader that holds the levels that are sealed in open workshops: the rule asks what is missing."""
    read = ledger.read()
    open_ones = [session_id for session_id in session_ids if not read.session(session_id).closed]
    return _holding(ledger, _sealed(one for session_id in open_ones for one in read.candidacies_in(session_id)))


def _sealed(candidacies: Iterable[Candidacy]) -> set[str]:
    return {sheet.commitment for one in candidacies for sheet in one.live_sheets if sheet.levels is None}


def _holding(ledger: Ledger, digests: set[str]) -> Draft:
    held = [Disclosure.of_vault(value.encoded) for value in ledger.vault.held(digests).values()]
    return ledger.read(value for value in held if value is not None)  # None: what cannot be read is as if not held
