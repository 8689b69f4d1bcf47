"""The command that imports a workshop: its faults and questions by cell, and what it would file or filed."""

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.cli.common import FOLDER, WRONG, Folder, argument, command, err, fail, option, out, say, say_of, tell
from api.cli.language import in_language, language
from api.cli.opening import opened
from api.secretariat.importing.answers import COLUMNS, FILE, IS_SAME, read_answers
from api.secretariat.importing.matching import Known, Matching, OpenQuestions, Question
from api.secretariat.importing.proposing import plan_import
from api.secretariat.importing.reading import WrongWorkshop
from api.secretariat.importing.workshop import read_workshop
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import new_id
from ledger.store.vault import Identity
from ledger.words import COLON, Words

OFFICER, CANDIDATE = Words("officer", "responsable"), Words("candidate", "candidature")


@command("import")
def import_workshop(
    source: Annotated[Path, argument("A folder of CSV or XLSX files.", "Un dossier de fichiers CSV ou XLSX.")],
    confirm: Annotated[
        bool,
        option(
            "File the statements; without this option, a dry run.",
            "Déposer les déclarations ; sans cette option, simple essai.",
            "--confirm",
        ),
    ] = False,
    folder: Folder = FOLDER,
) -> None:
    with opened(folder) as ledger, closing(Inbox(ledger)) as inbox:
        try:
            workshop = read_workshop(source, ledger.ids_of("administration"))
            for notice in workshop.notices:
                out.print(f"{notice.where}{COLON.into(language())}{notice.words.into(language())}")
            plan = plan_import(workshop, ledger, inbox, new_id, read_answers(source))
        except WrongWorkshop as wrong:
            for line in (*wrong.faults, *wrong.notices):
                err.print(f"{line.where}{COLON.into(language())}{line.words.into(language())}")
            count = wrong.number
            says = in_language(f"errors: {count}; nothing was filed", f"erreurs : {count} ; rien n’a été déposé")
            raise typer.Exit(fail(f"{source}{COLON.into(language())}{says}", WRONG)) from None
        except OpenQuestions as open_questions:
            matching = open_questions.matching
            _list(matching)
            for question in matching.questions:
                _ask(question)
            count = len(matching.questions)
            says = in_language(
                f"questions to answer in {FILE}.csv: {count}; nothing was filed",
                f"questions auxquelles répondre dans {FILE}.csv : {count} ; rien n’a été déposé",
            )
            raise typer.Exit(fail(f"{source}{COLON.into(language())}{says}", WRONG)) from None
        for name, count in Counter(proposal.name for proposal in plan.proposals).items():
            out.print(f"{count:5} {name}")
        if not confirm:
            _list(plan.matching)
            say(
                "dry run: nothing was filed; add --confirm to file it",
                "essai : rien n’a été déposé ; ajoutez --confirm pour déposer",
            )
            return
        plan.file(inbox)
        for code, person in plan.people.items():
            say_of(code, f"person {person}", f"personne {person}")
        count = len(plan.proposals)
        tell(
            f"{count} statements filed; for what waits for you, run pca-ledger pending",
            f"{count} déclarations déposées ; pour voir ce qui vous attend, lancez pca-ledger pending",
        )


def _list(matching: Matching) -> None:
    """Print for each person of the files whether they are known, new or in question."""
    asked = {question.row.code for question in matching.questions}
    for code, person in matching.people.items():
        if code in asked:
            say_of(code, "in question", "à préciser")
        elif code in matching.added:
            say_of(code, "new", "nouvelle personne")
        else:
            say_of(code, f"known, person {person}", f"personne déjà connue, {person}")


def _ask(question: Question) -> None:
    """Print a question with what is known of both, and the rows that answer it. This is for the importer's eyes."""
    row = question.row
    where = question.where
    err.print(in_language(f"{where}: is this a known person?", f"{where} : est-ce une personne déjà connue ?"))
    for identifier, known in (
        (row.code, Known(identity=Identity("")).with_row(row)),
        *((k.reference, k) for k in question.known),
    ):
        facts = [
            ", ".join(dict.fromkeys(values))
            for values in (known.identity.names, known.administrations, known.identity.emails)
        ]
        roles = [
            in_language(*words)
            for is_so, words in ((known.is_officer, OFFICER), (known.is_candidate, CANDIDATE))
            if is_so
        ]
        err.print(f"  {identifier}  {' | '.join(filter(None, [*facts, ', '.join(roles)]))}")
    answers = "|".join(IS_SAME)
    for known in question.known:
        err.print(f"  {FILE}.csv: {row.code},{known.reference},{answers},{COLUMNS[-1]}")
