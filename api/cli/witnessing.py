"""A witness of other people's logs."""

from pathlib import Path
from typing import Annotated

from api.cli.common import Wrong, argument, clock, command, option, out
from api.cli.listening import LOCAL, Host, Port, address, listening, run_until_stopped
from api.witness.app import create_app
from api.witness.store import Witness
from ledger.errors import Unfit
from ledger.log.cosignature import MAX_NAME_BYTES, is_cosigner_name
from ledger.log.witness import parse_logs


@command("witness")
def witness(
    store: Annotated[
        Path, argument("The folder for its key and for what it has seen.", "Le dossier de sa clé et de ce qu’il a vu.")
    ],
    name: Annotated[
        str,
        option(
            "The name of its key, such as witness.example.org.", "Le nom de sa clé, par exemple witness.example.org."
        ),
    ],
    log: Annotated[
        list[str],
        option(
            "The verifier key of a log (log_key in trust.json), and, after a space, the origin of its checkpoints "
            "where it is not the key’s name; repeat for more.",
            "La clé de vérification d’un journal (log_key dans trust.json) et, après une espace, l’origine de ses "
            "points de contrôle si elle diffère du nom de la clé ; option répétable.",
        ),
    ],
    host: Host = LOCAL,
    port: Port = 8100,
) -> None:
    try:
        logs = parse_logs(log)
    except Unfit as error:
        raise Wrong("--log", *error.words) from None
    if not is_cosigner_name(name):
        raise Wrong(
            "--name",
            f"expected a name without spaces or plus signs, of at most {MAX_NAME_BYTES} bytes",
            f"un nom sans espace ni signe plus, de {MAX_NAME_BYTES} octets au plus, est attendu",
        )
    with listening(host, port) as listener:
        own = Witness(store, name, logs, clock)
        for key in (own.verifier_key, own.verifier_key_ml_dsa):
            out.print(f"witness {name} {key} {address(listener)}")
        run_until_stopped(create_app(own), listener, address(listener))
