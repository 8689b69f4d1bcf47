"""What notices say, in both languages: templates in plain text, and what a template is given.

A letter states no score and no reason, and of what an officer signed nothing confidential: mail is read on the way,
and stays in mailboxes after an erasure. It says what was decided, links to where the rest is, and names whom to ask.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.notices.kinds import Kind
from api.register import Register
from ledger.words import Language, Words, day_in_words

OVERDUE_DAYS = 14
MOST_LINES = 200  # of a receipt: it says how many more there are
MOST_CHARACTERS = 400  # of what one statement says there: a version of a scheme fills pages


class Letter(msgspec.Struct, frozen=True):
    """What one person is told; ``sender`` is the name of the certification body."""

    kind: Kind
    language: Language
    sender: str
    subject: str
    body: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Statements of one kind that wait, or one that was signed."""

    label: Words
    count: int = 1
    since: date | None = None
    overdue: int = 0
    subject: str = ""
    leaf: int = 0


def write(register: Register, kind: Kind, language: Language, name: str, facts: Mapping[str, Any]) -> Letter:
    """Return a letter to a person about these facts: see ``SAMPLES`` for those of each kind."""
    settings = register.settings
    sender, looks = register.name.into(language), settings.looks
    text = (
        _environment(language)
        .get_template(f"{kind}.{language}.txt")
        .render(
            **facts,
            name=name,
            sender=sender,
            url=settings.base_url,
            concern=f"{settings.base_url}/concern?lang={language}",
            console=f"{settings.base_url}/console?lang={language}",
            contact=looks.mail or looks.contact or f"{settings.base_url}/concern?lang={language}",
            replies=bool(looks.mail),
        )
    )
    subject, _, body = text.partition("\n")
    return Letter(kind, language, sender, subject, body.strip("\n") + "\n")


def preview(register: Register, kind: Kind, language: Language) -> Letter:
    """Return what a notice of a kind looks like, to a person and about things that are made up."""
    return write(register, kind, language, "Awa Exemple", SAMPLES[kind](register.settings.base_url))


@cache
def _environment(language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader("api", "templates/mail"),
        autoescape=False,  # noqa: S701 - plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["day"] = lambda day: day_in_words(day).into(language)
    made.filters["words"] = lambda words: words.into(language)
    return made


_NUMBER = "TOA-PCA-FR-2017-01-BTH"
_DECIDE = Words("Decide on certification", "Décider de la certification")
_ISSUED = Words("Certificate issued", "Certificat délivré")
_GRANTED = Words(
    "Certification granted: certification example, person 9f31c2ab09d3e778, effective from 21 May 2027",
    "Certification accordée : certification example, personne 9f31c2ab09d3e778, prise d’effet 21 mai 2027",
)
_GAPS = [
    Words("hours of development: 25 of 40", "heures de formation continue\N{NO-BREAK SPACE}: 25 sur 40"),
    Words("missions: 0 of 1", "missions\N{NO-BREAK SPACE}: 0 sur 1"),
]
_TITLE = Words("Technical and operational advisor in PCA", "Conseiller technique et opérationnel en CAP")


def _workshop(_: str) -> dict[str, Any]:
    days = {"start": date(2027, 5, 17), "end": date(2027, 5, 21)}
    return {"workshop": "TOA-PCA-FR-2027", "title": _TITLE, "place": "Abidjan", **days}


def _certified(url: str) -> dict[str, Any]:
    return {"number": _NUMBER, "page": f"{url}/certificates/{_NUMBER}"}


def _changed(url: str) -> dict[str, Any]:
    return {**_certified(url), "effective": date(2027, 3, 1)}


SAMPLES: dict[Kind, Callable[[str], dict[str, Any]]] = {
    Kind.CERTIFICATE: lambda url: {
        **_certified(url),
        "title": _TITLE,
        "effective": date(2027, 5, 21),
        "expires": date(2030, 5, 20),
        "suspended": False,
        "documents": f"{url}/holder/EXAMPLE",
    },
    Kind.REFUSAL: _workshop,
    Kind.NOT_SELECTED: _workshop,
    Kind.SUSPENSION: _changed,
    Kind.LIFTING: _changed,
    Kind.WITHDRAWAL: _changed,
    Kind.RELINQUISHED: _changed,
    Kind.ANNULLED: _certified,
    Kind.RESTORED: _certified,
    Kind.PRE_ACCREDITED: lambda _: {
        "number": "",
        "page": "",
        "effective": date(2027, 3, 1),
        "until": date(2028, 2, 29),
    },
    Kind.RECOGNISED: lambda _: {"number": "", "page": "", "effective": date(2027, 3, 1), "until": date(2028, 2, 29)},
    Kind.EXPIRY: lambda url: {**_certified(url), "expires": date(2027, 8, 28), "days": 180, "gaps": _GAPS},
    Kind.DIGEST: lambda url: {
        "lines": [
            Line(
                label=_DECIDE,
                count=12,
                since=date(2027, 3, 1),
                overdue=2,
            ),
            Line(label=_ISSUED, count=3, since=date(2027, 3, 20)),
        ],
        "total": 15,
        "overdue": 2,
        "overdue_days": OVERDUE_DAYS,
        "stop": f"{url}/notices/EXAMPLE?lang=fr",
    },
    Kind.RECEIPT: lambda _: {"lines": [Line(label=_GRANTED, subject="certification:example", leaf=1234)], "total": 1},
    Kind.CALL: lambda url: {**_workshop(url), "until": date(2027, 4, 1), "page": f"{url}/console/member"},
    **dict.fromkeys(
        (Kind.RETURNED, Kind.INCOMPLETE, Kind.INVITED, Kind.EXCLUDED),
        lambda url: {
            **_workshop(url),
            "until": date(2027, 4, 1),
            "page": f"{url}/console/own",
        },
    ),
    **dict.fromkeys(
        (Kind.RELEASE_ASKED, Kind.ASSIGNED, Kind.FEEDBACK_ASKED, Kind.REPORT_DUE),
        lambda url: {
            "mission": Words("Senegal (identification of risks)", "Sénégal (identification des risques)"),
            "start": date(2027, 9, 6),
            "end": date(2027, 9, 10),
            "page": f"{url}/console/own-missions",
        },
    ),
    Kind.SIGN_IN: lambda url: {"link": f"{url}/console/holder/link/EXAMPLE", "minutes": 30},
}
"""The facts of each kind, made up."""
