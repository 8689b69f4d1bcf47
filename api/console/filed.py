"""Filing what a page sent: all of it or nothing, and once however often it is sent."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.console.application import console_of, visitor_of
from api.console.routing import PREFIX
from api.problems import WrongInput
from api.secretariat.filing import file_together
from api.secretariat.proposals import Proposal
from api.words.failures import failure_in_words
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, LedgerError
from ledger.words import Words, sentence

SENT_BEFORE = Words(
    "This form was filed already, with something else in it: open it anew to file more.",
    "Ce formulaire a déjà été déposé, avec un autre contenu\N{NO-BREAK SPACE}: rouvrez-le pour en déposer un autre.",
)
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NAMED = ("person", "assessor", "candidacy", "candidacies")  # the fields of refusals that hold ids of people


def new_key() -> str:
    """Return a key for a form that is about to be shown: what is sent under it is filed once."""
    return secrets.token_urlsafe(16)


def key_in(form: FormData) -> str:
    """Return the key of a form. Raises ``WrongInput``."""
    key = str(form.get("key", ""))
    if not _KEY.fullmatch(key):
        raise WrongInput("key", "expected the form of a page", "un formulaire issu d’une page est attendu")
    return key


def file_form(request: Request, form: FormData, make: Callable[[], Sequence[Proposal]]) -> list[int]:
    """File what a form asks for, and return the numbers. Raises as :func:`file_together` and ``make`` do."""
    office, visitor = console_of(request).office, visitor_of(request)
    asked = msgspec.json.encode([request.url.path, sorted((name, str(text)) for name, text in form.multi_items())])
    return file_together(office.inbox, office.ledger, visitor.officer, make, key_in(form), asked)


def filed(request: Request, numbers: Iterable[int], otherwise: str) -> Response:
    """Lead to where the visitor signs what was filed, or ``otherwise`` elsewhere: others sign it."""
    inbox, person = console_of(request).office.inbox, visitor_of(request).person
    query = "&".join(f"n={item.number}" for item in inbox.waiting(person, list(numbers)))
    return RedirectResponse(f"{PREFIX}/review?{query}" if query else otherwise, 303)


def why_not(error: Refused | LedgerError, names: Mapping[str, str]) -> Words:
    """Return a refusal in words, with people by their ``names``: by person id, and by candidacy."""
    if isinstance(error, Refused):
        ids = {field: str(error.fields[field]).split(", ") for field in _NAMED if field in error.fields}
        named = {field: ", ".join(names.get(i, i) for i in of_it) for field, of_it in ids.items()}
        error = type(error)(error.code, **{**error.fields, **named})
    return failed(error)


def failed(error: Refused | LedgerError) -> Words:
    """Return a refusal or failure in words."""
    is_sent_again = isinstance(error, Conflict) and error.code == "idempotency-key-reused"
    return SENT_BEFORE if is_sent_again else sentence(*failure_in_words(error))
