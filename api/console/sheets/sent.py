"""What a form of a sheet or of a moderation holds as it was sent, and where its sender is led once it is filed."""

import re
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.console.routing import PREFIX
from api.problems import WrongInput
from api.secretariat.together import GROUP

FIELDS = 500  # of a form: a sheet has one for each competency, a moderation three for each cell
_KEY, _LEVEL = re.compile(r"[A-Za-z0-9_-]{16,64}"), "level."


def text_in(form: FormData, name: str) -> str:
    """Return a field, without whitespace around it and with the line ends of the register; empty when it is missing."""
    return str(form.get(name, "")).replace("\r\n", "\n").strip()


def number_in(form: FormData, name: str) -> int | None:
    """Return a whole number; None when the field is empty or missing. Raises ``WrongInput``."""
    text = text_in(form, name)
    if text and not re.fullmatch("[0-9]{1,18}", text):
        raise WrongInput(name, "expected a whole number", "un nombre entier est attendu")
    return int(text) if text else None


def levels_in(form: FormData) -> dict[str, int]:
    """Return the levels of a sheet by competency, without those that were not observed. Raises ``WrongInput``."""
    names = [name for name in form if name.startswith(_LEVEL)]
    return {name.removeprefix(_LEVEL): level for name in names if (level := number_in(form, name)) is not None}


def key_in(form: FormData) -> str:
    """Return the key under which the form is filed once. Raises ``WrongInput``."""
    key = text_in(form, "key")
    if not _KEY.fullmatch(key):
        raise WrongInput("key", "expected 16 to 64 letters or digits", "de 16 à 64 lettres ou chiffres sont attendus")
    return key


def to_review(numbers: list[int]) -> Response:
    """Lead to where statements are signed together."""
    return RedirectResponse(f"{PREFIX}/review?{urlencode([('n', n) for n in numbers[:GROUP]])}", 303)
