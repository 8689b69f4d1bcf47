"""How a failure ends the program: one line on standard error in the language of the terminal, and an exit code."""

import typer
from eventsourcing.persistence import PersistenceError

from api import logs
from api.cli.common import WRONG, Wrong, err, fail
from api.cli.language import in_language, language
from api.cli.usage import is_only_help, usage_in_words
from api.words.failures import failure_in_words, file_in_words
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError, Unfit, Unreadable
from ledger.store.port import Unavailable

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
UNEXPECTED = 70  # EX_SOFTWARE of sysexits.h


def end(error: BaseException, failed: int) -> int:
    """Print what went wrong; returns the exit code. ``failed`` is that of a command that could not do its work."""
    match error:
        case typer.Abort():
            return fail(in_language("interrupted", "interrompu"), INTERRUPTED)
        case typer.TyperException() if is_only_help(error):
            err.print(error.message)
            return WRONG
        case typer.TyperException():
            return fail(usage_in_words(error), WRONG)
        case Refused() | LedgerError():
            return fail(failure_in_words(error).into(language()), failed)
        case Unavailable():
            says = in_language(
                "the database cannot be used now: it is locked, out of reach, or forbids this to its role",
                "base de données inutilisable à présent : verrouillée, injoignable, ou droits insuffisants",
            )
            return fail(f"{says} ({error})", failed)
        case PersistenceError():
            says = in_language(
                "the database cannot be read or written", "la base de données ne peut être lue ou écrite"
            )
            return fail(f"{says} ({error})", failed)
        case Wrong():
            return fail(str(error), WRONG)
        case Unfit():
            return fail(error.words.into(language()), WRONG)
        case Unreadable():
            return fail(error.words.into(language()), failed)
        case OSError():
            return fail(file_in_words(error).into(language()), failed)
        case ValueError():
            return fail(in_language(str(error), f"saisie incorrecte, ou fichier absent ou illisible : {error}"), WRONG)
        case _:
            says = in_language("unexpected error; please report it", "erreur inattendue, merci de la signaler")
            return fail(f"{says} ({logs.fault(error)})", UNEXPECTED)
