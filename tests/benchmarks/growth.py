"""Measures what grows with the size of a register: ``python -m tests.benchmarks.growth`` or ``./dev bench --growth``.

Simulated registers of 10^4, 10^5 and 10^6 entries are made in a folder and kept there, with the figures: what was
measured once is not measured again, unless ``--again`` names it. Each measurement is a process of its own. Files are on
the disk of that folder, with ``synchronous=FULL``; the operating system may hold in memory what it read before. Times
are of the wall clock, on a machine that should do nothing else.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time
from urllib.parse import quote

from api.secretariat.proposals import new_id, proposal
from ledger.auditing import audit
from ledger.domain.record import Role
from ledger.signing.envelope import seal
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt, Submission
from projections.read_models import rebuild
from tests.benchmarks.machine import describe
from tests.benchmarks.registers import KEPT, clock, copied, simulated
from tests.benchmarks.serving import REGISTER, ROOT, started

SIZES = (10_000, 100_000, 1_000_000)
GROUP, GROUPS, SINGLES = 100, 20, 100
PROOFS, FIRST, PAGES, CERTIFICATES = 1000, 20, 50, 50
Figures = dict[str, float]


def sizes(folder: Path) -> Figures:
    """Bytes on disk."""
    parts = {
        "record": "ledger.db*",
        "person keys": "person-keys/*",
        "read models": "projections*.db*",
        "kept states": "states.db*",
    }
    found = {name: sum(path.stat().st_size for path in folder.glob(pattern)) for name, pattern in parts.items()}
    return {f"{name} bytes": float(size) for name, size in found.items()}


def opening(folder: Path) -> Figures:
    """From the folder to a ledger that decides and records."""
    began, cpu = perf_counter(), process_time()
    with Ledger.open(folder, clock, is_simulated=True):
        return {"s": perf_counter() - began, "CPU s": process_time() - cpu, "MiB": peak()}


def opening_first(folder: Path) -> Figures:
    """The same, without the states that an earlier opening left."""
    for kept in folder.glob("states.db*"):
        kept.unlink()
    return opening(folder)


def rebuilding(folder: Path) -> Figures:
    """Every read model from the whole log."""
    with Ledger.open(folder, clock, is_simulated=True) as ledger:
        began, cpu = perf_counter(), process_time()
        rebuild(ledger)
        spent = perf_counter() - began
        return {"s": spent, "CPU s": process_time() - cpu, "events/s": ledger.size() / spent, "MiB": peak()}


def auditing(folder: Path) -> Figures:
    """Everything in the record computed again, with the process that verifies signatures."""
    began, cpu = perf_counter(), sum(os.times()[:4])
    report = audit(folder)
    assert report.clean
    spent, cpu = perf_counter() - began, sum(os.times()[:4]) - cpu
    memory = peak() + peak(resource.RUSAGE_CHILDREN)
    return {"s": spent, "CPU s": cpu, "signatures/s": report.signatures / spent, "MiB": memory}


def proving(folder: Path) -> Figures:
    """The proof that a random leaf is in the log, each in a transaction of its own."""
    with Ledger.open(folder, clock, is_simulated=True) as ledger:
        leaves = _random().choices(range(ledger.size()), k=PROOFS)
        spent = [elapsed(partial(ledger.proof, leaf)) for leaf in leaves]
    return {"µs": 1e6 * median(spent), "µs p99": 1e6 * quantiles(spent, n=100)[98]}


def appending(folder: Path) -> Figures:
    """Persons registered in a copy: signed statements to receipts, with checkpoint and sync; in groups and alone."""
    with Ledger.open(folder, clock, is_simulated=True) as ledger:
        statements = _registrations(ledger, SigningKey.load(folder.parent / "keys" / "registrar.key"))
        groups = [elapsed(partial(_submit, ledger, group)) for group in _prepared(statements, GROUP, GROUPS)]
        singles = [elapsed(partial(_submit, ledger, one)) for one in _prepared(statements, 1, SINGLES)]
    return {"statements/s": GROUP / median(groups), "alone ms": 1000 * median(singles)}


def _prepared(statements: Iterator[Submission], group: int, groups: int) -> Iterator[list[Submission]]:
    return (list(islice(statements, group)) for _ in range(groups))


def _registrations(ledger: Ledger, key: SigningKey) -> Iterator[Submission]:
    (registrar,) = ledger.holders(Role.REGISTRAR)
    while True:
        person, named = new_id(), {"name": "family_name", "value": "Exemple"}
        said = proposal("register-person", registrar, person_id=person, details=[named])
        prepared = ledger.prepare(said.command, said.signers, said.disclosures)
        yield Submission(said.command, seal(prepared.payload, (prepared.signed_by(key),)), said.disclosures)


def _submit(ledger: Ledger, submissions: Sequence[Submission]) -> None:
    answers = ledger.submit(submissions)
    assert all(isinstance(answer, Receipt) for answer in answers)


def serving(folder: Path) -> Figures:
    """Pages over HTTP from a process of its own, to one client over one connection; p50."""
    with Ledger.open(folder, clock, is_simulated=True) as ledger:  # before a server waits for the next request
        certified = _random().choices(ledger.ids_of("certification"), k=CERTIFICATES)
        read = ledger.read()
        numbers = sorted({c.number for c in map(read.certification, certified) if c.issues})
    with ExitStack() as stack:
        port = started(stack, REGISTER, "serve", "--port", "0", "--ledger", str(folder))
        connection = stack.enter_context(closing(HTTPConnection("127.0.0.1", port)))

        def get(address: str, accept: str = "text/html") -> tuple[float, str]:
            began = perf_counter()
            connection.request("GET", address, headers={"Accept": accept})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, (address, answer.status)
            return perf_counter() - began, body.decode()

        def again(address: str) -> float:
            return 1000 * median(get(address)[0] for _ in range(PAGES))

        def first(address: str) -> float:
            get(address)  # what the process loads once is not of the page
            return 1000 * median(get(f"{address}?n={number}")[0] for number in range(FIRST))

        listed = get("/advisors", "application/json")[1]
        names = re.findall(r'"name":"([^"]+)"', listed)
        words = list(dict.fromkeys(name.split()[-1] for name in names))[:PAGES] or ["Exemple"]
        searched = [get(f"/advisors?q={quote(word)}")[0] for word in words]
        certificates = [get(f"/certificates/{number}")[0] for number in numbers]
        figures = {
            "home first ms": first("/"),
            "home again ms": again("/"),
            "roster first ms": first("/advisors"),
            "roster again ms": again("/advisors"),
            "search ms": 1000 * median(searched),
            "certificate first ms": 1000 * median(certificates),
            "certificate again ms": again(f"/certificates/{numbers[0]}"),
        }
    return {**figures, "MiB": peak(resource.RUSAGE_CHILDREN)}


def _random() -> Random:
    return Random(1)  # noqa: S311 - which leaves and certificates are asked for


MEASURES: dict[str, Callable[[Path], Figures]] = {
    "opening, first": opening_first,
    "opening, again": opening,
    "append": appending,
    "rebuild": rebuilding,
    "pages": serving,
    "proof": proving,
    "audit": auditing,
    "disk": sizes,
}
"""In this order: the first opening leaves behind what the second reads, and a rebuild the read models of the pages."""


def elapsed(work: Callable[[], object]) -> float:
    """Return how many seconds it takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def peak(whose: int = resource.RUSAGE_SELF) -> float:
    """Return the most memory that this process has had, or one that it started and that has ended, in MiB."""
    return resource.getrusage(whose).ru_maxrss / 1024  # Linux gives KiB


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, and print everything."""
    parser = ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("--registers", type=Path, required=True, help="where registers and figures are kept")
    parser.add_argument("--entries", type=int, nargs="*", default=SIZES, help="how many the registers have")
    parser.add_argument("--again", nargs="*", default=(), choices=[*MEASURES], metavar="NAME", help="measure again")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "LEDGER"), help="measure in this process, print JSON")
    options = parser.parse_args(arguments)
    if options.one:
        name, ledger = options.one
        print(json.dumps(MEASURES[name](Path(ledger))))  # noqa: T201 - the process that started it reads this
        return
    folder: Path = options.registers
    for entries in options.entries:
        measure(folder, entries, options.again)
    print(describe(folder))  # noqa: T201
    print(table(folder, options.entries))  # noqa: T201


def measure(folder: Path, entries: int, again: Sequence[str] = ()) -> None:
    """Make a register of this size if there is none, and measure what was not measured, or is to be again."""
    kept = folder / f"growth-{entries}.json"
    figures: dict[str, Figures] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    if not (folder / KEPT).exists():
        (folder / KEPT).symlink_to(".")  # where registers.py looks for them
    began, ledger = perf_counter(), simulated(folder, entries)
    if not figures:
        figures["simulate"] = {"s": perf_counter() - began}
    for name in MEASURES:
        if name not in figures or name in again:
            figures[name] = _alone(name, folder, entries, ledger)
            kept.write_text(json.dumps(figures, indent=1, ensure_ascii=False), "utf-8")
            spent = perf_counter() - began
            print(f"{entries}: {name} ({spent:.0f} s): {figures[name]}", file=sys.stderr)  # noqa: T201


def _alone(name: str, folder: Path, entries: int, ledger: Path) -> Figures:
    """Measure in a process of its own; what writes, in a copy."""
    if MEASURES[name] is not appending:
        return _measured(name, ledger)
    copy = copied(folder, entries, "copy")
    try:
        return _measured(name, copy)
    finally:
        shutil.rmtree(copy.parent)


def _measured(name: str, ledger: Path) -> Figures:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.growth",
        "--registers",
        ".",
        "--one",
        name,
        str(ledger.resolve()),
    ]
    figures: Figures = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return figures


def table(folder: Path, entries: Sequence[int]) -> str:
    """Return everything that was measured, as a table in Markdown."""
    kept = {e: json.loads((folder / f"growth-{e}.json").read_text("utf-8")) for e in entries}
    rows = dict.fromkeys((name, unit) for figures in kept.values() for name, each in figures.items() for unit in each)
    head = ["| | " + " | ".join(f"{e:,}" for e in entries) + " |", "|---|" + "---:|" * len(entries)]
    lines = []
    for name, unit in rows:
        found = (figures.get(name, {}).get(unit) for figures in kept.values())
        lines.append(f"| {name}, {unit} | " + " | ".join("" if f is None else _figure(f) for f in found) + " |")
    return "\n".join(head + lines)


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


if __name__ == "__main__":
    main()
