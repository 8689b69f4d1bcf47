"""The demonstration: a register of synthetic workshops, made once and served."""

import shlex
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated

from api import demo as demonstration
from api.cli.common import Wrong, clock, command, end_of, err, option, out, say
from api.cli.language import in_language
from api.cli.listening import LOCAL, PORT, Host, Port, address, http_address, listening
from api.cli.serving import serve_ledger
from api.console.access.demonstrating import keys_of_demonstration
from api.register import Register, Settings, is_demonstration
from ledger.domain.standing import Status
from ledger.store.ledger import Ledger
from projections.certificates import CertificateRow

KEYS, LEDGER = "keys", "ledger"
BETWEEN = date(2026, 3, 10)  # a day before the withdrawal was recorded


@command("demo")
def demo(
    where: Annotated[
        Path,
        option(
            "The folder of the demonstration; an empty one is filled.",
            "Le dossier de la démonstration ; s’il est vide, il est rempli.",
            "--in",
        ),
    ] = Path("~/pca-ledger-demo"),  # not in the checkout, which stays as it was cloned
    host: Host = LOCAL,
    port: Port = PORT,
    no_serve: Annotated[
        bool,
        option(
            "Make it without serving it or taking a port.",
            "La créer sans la mettre en service ni occuper de port.",
            "--no-serve",
        ),
    ] = False,
) -> None:
    where = where.expanduser()
    folder, keys = where / LEDGER, where / KEYS
    with nullcontext() if no_serve else listening(host, port) as listener:
        # Documents state an address even if nothing is served yet: where the next demo would serve.
        url = http_address(host, port or PORT) if listener is None else address(listener)
        if not is_demonstration(folder):
            if where.exists() and any(where.iterdir()):
                raise Wrong(
                    "--in",
                    f"{where}: expected an empty folder, or a finished demonstration",
                    f"{where} : un dossier vide ou une démonstration achevée est attendu",
                )
            with err.status(in_language("recording nine years", "enregistrement de neuf années")) as status:
                demonstration.make(folder, keys, lambda text: status.update(text), url)
        with Ledger.open(folder, clock) as ledger:
            introduce(ledger, folder, url)
            if listener is not None:
                issuer_keys = [f"file:{keys / name}.key" for name in demonstration.ISSUER_KEYS]
                serve_ledger(ledger, listener, issuer_keys, demonstrated=keys_of_demonstration(ledger, keys))


def introduce(ledger: Ledger, folder: Path, url: str) -> None:
    """Print addresses to open and commands to try."""
    with Register(ledger, Settings(base_url=url)) as register:
        models, today = register.models, ledger.now().date()
        advisors = models.roster.on(today, end_of(today))
        in_use = models.certificates.in_use()
        people = models.roster.people(row.person_id for row in in_use)
        by_status: dict[Status, CertificateRow] = {}
        # Those of listed holders first: everyone may open their documents.
        for row in sorted(in_use, key=lambda row: people[row.person_id].name is None):
            by_status.setdefault(models.certificates.timeline(row.certification_id, end_of(today)).on(today), row)
    any_one = by_status.get(Status.VALID) or next(iter(by_status.values()))
    suspended, withdrawn = by_status.get(Status.SUSPENDED), by_status.get(Status.WITHDRAWN)
    page = f"{url}/certificates/{any_one.number}"
    addresses = [("the console", "la console", f"{url}/console"), ("the roster", "la liste", f"{url}/advisors")]
    # As time passes its certificates expire: there may be no advisor, or no certificate of a status.
    addresses += [("an advisor", "une personne", f"{url}/advisors/{a.person_id}") for a in advisors[:1]]
    addresses.append(("a certificate", "un certificat", page))
    if suspended is not None:
        addresses.append(("one in French", "un en français", f"{url}/certificates/{suspended.number}?lang=fr"))
    if withdrawn is not None:
        address_of = f"{url}/certificates/{withdrawn.number}"
        addresses += [
            ("one withdrawn", "un autre, retiré", address_of),
            ("  as known before", "  connu avant", f"{address_of}?on={BETWEEN}&known_on={BETWEEN}"),
        ]
    addresses += [
        ("its diploma", "son diplôme", f"{page}.pdf"),
        ("as JSON", "en JSON", f"curl -H 'Accept: application/json' {page}"),
    ]
    say(
        "Demonstration, not an official register: all people are fictitious, and the clock was simulated.\n",
        "Démonstration, et non registre officiel : personnes fictives, horloge simulée.\n",
    )
    for en, fr, where in addresses:
        say(f"  {en:17}   {where}", f"  {fr:17}   {where}")
    here = shlex.quote(str(folder.parent))
    commands = f"""
  export PCA_LEDGER={here}/{LEDGER}
  ./dev run roster --on 2018-01-01
  ./dev run history {any_one.number}
  ./dev run bundle {any_one.number} {here}/certificate.json --with-name
  ./dev run verify {here}/certificate.json --trust {here}/{LEDGER}/trust.json
  ./dev run audit
  ./dev run pending --key {here}/{KEYS}/registrar.key
  ./dev run sign --yes --key {here}/{KEYS}/registrar.key
"""
    out.print(commands)
