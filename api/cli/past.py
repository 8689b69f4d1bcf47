"""The search over everything recorded, the timeline of one person or thing, and what was true of it on a day."""

from typing import Annotated

from api.cli.common import FOLDER, Folder, argument, command
from api.cli.language import language
from api.cli.opening import opened
from api.cli.tables import Form, KnownOn, On, Output, WithOn, answering, given_day, print_answer
from api.past.tables import hits, meant, timeline, true_on

Subject = Annotated[
    str,
    argument(
        "What it is about: a name, code, id, key, or certificate number that means one person or thing.",
        "L’objet\u00a0: un nom, un code, un identifiant, une clé ou un numéro de certificat désignant une seule "
        "personne ou chose.",
    ),
]


@command("search")
def search(
    text: Annotated[
        str,
        argument(
            "A name, code, certificate number, an entry’s number or hash, a key, or a type of event.",
            "Un nom, un code, un numéro de certificat, le numéro ou l’empreinte d’une entrée, une clé ou un type "
            "d’événement.",
        ),
    ],
    form: Form = "table",
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    with answering(), opened(folder) as ledger:
        print_answer(hits(ledger, text), form, output)


@command("timeline")
def show_timeline(
    subject: Subject,
    form: Form = "table",
    known_on: KnownOn = None,
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    known = given_day(known_on, "--known-on")
    with answering(), opened(folder) as ledger:
        print_answer(timeline(ledger, *meant(ledger, subject), language(), known_on=known), form, output)


@command("facts")
def show_facts(
    subject: Subject,
    form: Form = "table",
    on: On = None,
    known_on: KnownOn = None,
    with_on: WithOn = None,
    output: Output = None,
    folder: Folder = FOLDER,
) -> None:
    day, known, other = given_day(on, "--on"), given_day(known_on, "--known-on"), given_day(with_on, "--with-on")
    with answering(), opened(folder) as ledger:
        answer = true_on(ledger, *meant(ledger, subject), on=day, known_on=known, with_on=other)
        print_answer(answer, form, output)
