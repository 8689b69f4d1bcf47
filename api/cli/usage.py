"""Help and errors of usage in both languages. Typer reads the arguments; what it would print in English is said here.

Typer 0.29 gives no public name to its parser's errors and parameters, hence the private imports. The tests of
``tests/api/cli/test_help.py`` walk every command in both languages.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import typer
from typer._click import Context, HelpFormatter
from typer._click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoArgsIsHelpError, NoSuchOption
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from api.cli.commands import COMMANDS
from api.cli.language import in_language, language, quoted
from ledger.words import COLON, Words

# The names of arguments as help and errors show them, by the name in the code.
ARGUMENTS = {
    "ARGUMENTS": Words("ARGUMENTS", "ARGUMENTS"),
    "BACKUP": Words("BACKUP", "SAUVEGARDE"),
    "CANDIDACY": Words("CANDIDACY", "CANDIDATURE"),
    "CHECKPOINT": Words("CHECKPOINT", "POINT_DE_CONTRÔLE"),
    "COMMAND": Words("COMMAND", "COMMANDE"),
    "ENTRY": Words("ENTRY", "ENTRÉE"),
    "FORM": Words("FORM", "FORMAT"),
    "KEY_ID": Words("KEY_ID", "ID_DE_CLÉ"),
    "KIND": Words("KIND", "TYPE"),
    "MESSAGE": Words("FILE", "FICHIER"),
    "NAME": Words("NAME", "NOM"),
    "NOTICE": Words("ID", "ID"),
    "NUMBER": Words("NUMBER", "NUMÉRO"),
    "NUMBERS": Words("NUMBERS", "NUMÉROS"),
    "ONE": Words("ONE", "PREMIER"),
    "OTHER": Words("OTHER", "SECOND"),
    "PATH": Words("PATH", "CHEMIN"),
    "PERSON": Words("PERSON", "PERSONNE"),
    "POLICY": Words("POLICY", "POLITIQUE"),
    "PRESENTED": Words("DOCUMENT", "DOCUMENT"),
    "REPLY": Words("REPLY", "RÉPONSE"),
    "SCHEME": Words("SCHEME", "PROGRAMME"),
    "SOURCE": Words("SOURCE", "SOURCE"),
    "STORE": Words("STORE", "DOSSIER"),
    "SUBJECT": Words("SUBJECT", "OBJET"),
    "SUBSCRIPTION": Words("ID", "ID"),
    "TARGET": Words("TARGET", "CIBLE"),
    "TEXT": Words("TEXT", "TEXTE"),
    "URL": Words("URL", "URL"),
    "VERSION": Words("VERSION", "VERSION"),
}
_VALUES = {
    "int": Words("NUMBER", "NOMBRE"),
    "float": Words("NUMBER", "NOMBRE"),
    "datetime": Words("DATETIME", "DATE_ET_HEURE"),
    "path": Words("PATH", "CHEMIN"),
    "str": Words("TEXT", "TEXTE"),
}


def name_of_argument(name: str) -> Words:
    """Returns the name under which help and errors show an argument; anything else as it is."""
    return ARGUMENTS.get(name, Words(name, name))


class Command(TyperCommand):
    """A command whose help and errors of usage are in the language of the environment."""

    allow_extra_args = True  # so that what is too much is named here

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        options = in_language("[OPTIONS]", "[OPTIONS]")
        _write_usage(self, ctx, formatter, [options, *(_usage_of(p) for p in _arguments(self))])

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        _write_parameters(self, ctx, formatter)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        with _knowing(ctx):
            rest = super().parse_args(ctx, args)
        if rest:
            raise Usage("unexpected argument", "argument inattendu", rest[0], ctx)
        return rest


class Group(TyperGroup):
    """The same for a group of commands. It lists commands whose modules are not loaded."""

    def list_commands(self, ctx: Context) -> list[str]:
        inside = f"{_path(ctx)} " if _path(ctx) else ""
        return [path.removeprefix(inside) for path in COMMANDS if path.startswith(inside) and _is_direct(path, inside)]

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        _write_usage(self, ctx, formatter, [in_language("COMMAND [ARGUMENTS]", "COMMANDE [ARGUMENTS]")])

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        _write_parameters(self, ctx, formatter)
        inside = f"{_path(ctx)} " if _path(ctx) else ""
        rows = [
            (name, COMMANDS[inside + name].help.into(language()).partition("\n\n")[0])
            for name in self.list_commands(ctx)
        ]
        with formatter.section(_heading("Commands", "Commandes")):
            formatter.write_dl(rows)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        with _knowing(ctx):
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:
        if args[0] not in self.list_commands(ctx):
            raise Usage("unknown command", "commande inconnue", args[0], ctx, self.list_commands(ctx))
        return super().resolve_command(ctx, args)


class Usage(typer.BadParameter):
    """A word of the command line that is not what was expected, said in the language of the environment."""

    def __init__(self, en: str, fr: str, found: str, ctx: Context | None, known: Sequence[str] = ()) -> None:
        like = get_close_matches(found, known)
        meant = in_language("; did you mean ", " ; vouliez-vous dire ") + ", ".join(like) if like else ""
        mark = in_language("?", "\N{NARROW NO-BREAK SPACE}?") if like else ""
        super().__init__(f"{found}{COLON.into(language())}{in_language(en, fr)}{meant}{mark}", ctx)


@contextmanager
def _knowing(ctx: Context) -> Iterator[None]:
    """Adds to an error of the parser where it arose, which it does not always know."""
    try:
        yield
    except BadOptionUsage as error:
        error.ctx = error.ctx or ctx
        raise


def usage_in_words(error: typer.TyperException) -> str:
    """Returns what is wrong with the command line, and where help is."""
    ctx = getattr(error, "ctx", None)
    message = " ".join(_message(error, ctx).split("\n"))
    if ctx is None:
        return message
    return message + in_language("; for help, run ", " ; pour l’aide, lancez ") + f"{ctx.command_path} --help"


def is_only_help(error: typer.TyperException) -> bool:
    """Whether nothing was typed after the name of a group: the message is its help."""
    return isinstance(error, NoArgsIsHelpError)


def _message(error: typer.TyperException, ctx: Context | None) -> str:
    match error:
        case Usage():
            return error.message
        case NoSuchOption():
            known = [] if ctx is None else [opt for p in ctx.command.get_params(ctx) for opt in p.opts]
            return Usage("unknown option", "option inconnue", error.option_name, ctx, known).message
        case BadOptionUsage():
            params = [] if ctx is None else ctx.command.get_params(ctx)
            if any(error.option_name in p.opts and getattr(p, "is_flag", False) for p in params):
                return Usage("takes no value", "cette option ne prend pas de valeur", error.option_name, ctx).message
            return Usage("expected a value", "une valeur est attendue", error.option_name, ctx).message
        case MissingParameter():
            return f"{_name(error.param)}{COLON.into(language())}{in_language('missing', 'valeur manquante')}"
        case BadParameter():
            return f"{_name(error.param)}{COLON.into(language())}{_expected(error)}"
        case _:
            return in_language("the command is missing", "la commande manque")


def _name(parameter: Any) -> str:
    if isinstance(parameter, TyperOption):
        return " / ".join(parameter.opts)
    return name_of_argument(parameter.name.upper()).into(language())


def _expected(error: BadParameter) -> str:
    """Returns what a value should be, from the type of its parameter, and what it is."""
    parameter: Any = error.param
    found = [one["input"] for one in getattr(error.__cause__, "errors", list)()]
    what = quoted(str(found[0])) if found else Words("", "")
    instead = in_language(f", found {what.en}", f", et non {what.fr}") if found else ""
    kind = parameter.type_descriptor
    if kind.is_choice:
        among = " | ".join(map(str, kind.choices))
        return in_language(f"expected one of {among}", f"valeur attendue parmi {among}") + instead
    what = {
        "int": Words("a whole number", "un nombre entier"),
        "float": Words("a number", "un nombre"),
        "datetime": Words("a date and time such as 2026-03-01T09:00:00", "une date et heure, 2026-03-01T09:00:00"),
    }.get(_kind(parameter), Words("another value", "une autre valeur"))
    least, most = parameter.min, parameter.max
    limits = Words(
        f" from {least} to {most}" if most is not None else f", {least} or more" if least is not None else "",
        f" de {least} à {most}" if most is not None else f", {least} ou plus" if least is not None else "",
    )
    return in_language(f"expected {what.en}{limits.en}", f"attendu : {what.fr}{limits.fr}") + instead


def _path(ctx: Context) -> str:
    """Returns the names of the groups and of the command, without that of the program."""
    return ctx.command_path.partition(" ")[2]


def _is_direct(path: str, inside: str) -> bool:
    return " " not in path.removeprefix(inside)


def _heading(en: str, fr: str) -> str:
    return in_language(en, f"{fr}\N{NO-BREAK SPACE}")  # the formatter adds the colon


def _write_usage(command: Any, ctx: Context, formatter: HelpFormatter, pieces: Sequence[str]) -> None:
    formatter.write_usage(ctx.command_path, " ".join(pieces), in_language("Usage: ", "Utilisation : "))


def _arguments(command: Any) -> list[TyperArgument]:
    return [p for p in command.params if isinstance(p, TyperArgument)]


def _usage_of(argument: TyperArgument) -> str:
    name = _name(argument) + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _write_parameters(command: Any, ctx: Context, formatter: HelpFormatter) -> None:
    rows = [(_name(p), f"{p.help or ''}{_particulars(p, ctx)}") for p in _arguments(command)]
    if rows:
        with formatter.section(_heading("Arguments", "Arguments")):
            formatter.write_dl(rows)
    options = [p for p in command.params if isinstance(p, TyperOption)]
    rows = [(f"{', '.join(p.opts)} {_value(p)}".strip(), f"{p.help or ''}{_particulars(p, ctx)}") for p in options]
    rows.append(("--help", in_language("Show this help.", "Afficher cette aide.")))
    with formatter.section(_heading("Options", "Options")):
        formatter.write_dl(rows)


def _kind(parameter: Any) -> str:
    """Returns the type of one value: ``int``, ``float``, ``datetime``, ``path`` or ``str``."""
    kind = parameter.type_descriptor
    bare = str(parameter.bare_type()).removeprefix("list[").removesuffix("]").lower()
    return "path" if kind.is_path or "path" in bare else bare


def _value(option: TyperOption) -> str:
    if option.is_flag or option.metavar:
        return option.metavar or ""
    if option.type_descriptor.is_choice:
        return "|".join(map(str, option.type_descriptor.choices or ()))
    return _VALUES[_kind(option)].into(language())


def _particulars(parameter: Any, ctx: Context) -> str:
    """Returns in brackets: that it is required, its variable, its default, its limits."""
    said = []
    if parameter.required and isinstance(parameter, TyperOption):
        said.append(in_language("required", "obligatoire"))
    if parameter.envvar:
        said.append(in_language("variable ", "variable ") + str(parameter.envvar))
    default = parameter.get_default(ctx, call=False)
    if default not in (None, False, "", ()):
        said.append(in_language("default: ", "par défaut : ") + str(default))
    if parameter.min is not None and parameter.max is not None:
        said.append(in_language(f"{parameter.min} to {parameter.max}", f"{parameter.min} à {parameter.max}"))
    elif parameter.min is not None:
        said.append(in_language(f"{parameter.min} or more", f"{parameter.min} ou plus"))
    return f" [{in_language('; ', ' ; ').join(said)}]" if said else ""
