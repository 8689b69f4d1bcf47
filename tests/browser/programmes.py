"""The programmes whose workshops are held in the console: the pilot of 2017, and one of three competencies."""

import csv
import json
from collections import defaultdict
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

from api.secretariat.importing.proposing import RENEWAL_WINDOW_MONTHS, SEPARATION_MONTHS, TERMS
from api.secretariat.importing.workshop import COMPETENCIES, CRITERIA

ROOT = Path(__file__).parents[2]
PILOT = ROOT / "api" / "demo_data" / "2017_brussels_pilot"
ORIGIN_RULES = ROOT / "docs" / "how-to" / "rules-of-origin.json"
HOMES = ("FR", "BE")
"""The administrations of the assessors."""
FIRST = ("C01", "C02", "C05")

Levels = dict[tuple[str, str], tuple[int, ...]]
"""By activity and competency: the level that each assessor gives."""


class Candidate(NamedTuple):
    """Whoever is nominated: what is entered of them, which criteria they meet, and how they do in the workshop."""

    given: str
    family: str
    administration: str
    email: str
    languages: str
    years: str
    unmet: frozenset[str]
    levels: Levels

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


class Programme(NamedTuple):
    """A scheme as its file says, and a workshop under it."""

    scheme: dict[str, Any]
    session: dict[str, str]
    candidates: list[Candidate]

    @property
    def administrations(self) -> list[str]:
        return [one.administration for one in self.candidates]


def table(name: str) -> list[dict[str, str]]:
    with (PILOT / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pilot(number: int) -> Programme:
    """The workshop of 2017 with so many candidates; beyond those of the pilot, others do as the first ones did.

    The first ones are certified, refused and not selected.
    """
    (session,) = table("session")
    plan: dict[str, list[str]] = {}
    for row in table("plan"):
        plan.setdefault(row["activity"], []).extend([row["assessed_competency"]] if row["assessed_competency"] else [])
    content = {
        "version": "1.0.0",
        "criteria": [_named(one) for one in CRITERIA],
        "competencies": [{**_named(one), "cut": int(session["cut_score"])} for one in COMPETENCIES],
        "activities": [{**_named(one), "competencies": assessed} for one, assessed in plan.items()],
        "levels": _levels(int(session["level_min"]), int(session["level_max"])),
        "decision_rule": "mean-of-levels/v1",
        "assessors_per_cell": int(session["min_assessors_per_cell"]),
        "seats": int(session["seats"]),
        "validity_months": int(session["validity_months"]),
        "renewal_window_months": RENEWAL_WINDOW_MONTHS,
        "separation_months": SEPARATION_MONTHS,
    }
    title_en, title_fr = TERMS["toa-pca-fr"]
    scheme = {"scheme_id": "toa-pca-fr", "title_en": title_en, "title_fr": title_fr, "domain": "PCA"}
    fields = {name: session[name] for name in ("title_en", "title_fr", "start", "end", "place", "language")}
    fields |= {"session_id": session["session"], "funder": session["fund"]}
    people = _of_the_pilot()
    more = (one._replace(given=f"{one.given}-Bis", email=f"bis.{one.email}") for one in cycle(people))
    candidates = [*people, *islice(more, max(0, number - len(people)))][:number]
    return Programme({"format": "pca-ledger-scheme/v1", **scheme, "content": content}, fields, candidates)


def rules_of_origin() -> Programme:
    """A programme of three competencies that is nobody's of this project: whatever its file says."""
    scheme = json.loads(ORIGIN_RULES.read_text(encoding="utf-8"))
    cells = [(a["id"], one) for a in scheme["content"]["activities"] for one in a["competencies"]]
    session = {
        "session_id": "ROO-EN-2018",
        "title_en": "Rules of origin advisors, first workshop",
        "title_fr": "Conseillers en règles d’origine, premier atelier",
        "start": "2018-03-05",
        "end": "2018-03-07",
        "place": "Nairobi",
        "language": "en",
        "funder": "Example Fund",
    }
    candidates = [
        Candidate(
            "Grace", "Example-Lima", "KE", "grace@example.org", "en", "6", frozenset(), dict.fromkeys(cells, (4, 4))
        ),
        Candidate(
            "Amos", "Example-Mike", "UG", "amos@example.org", "en", "4", frozenset(), dict.fromkeys(cells, (1, 2))
        ),
    ]
    return Programme(scheme, session, candidates)


def _of_the_pilot() -> list[Candidate]:
    """Those who were not withdrawn, as the first two who scored each cell found them."""
    unmet, levels = defaultdict[str, set[str]](set), defaultdict[str, dict[tuple[str, str], tuple[int, ...]]](dict)
    for row in table("selection"):
        if row["finding"] != "met":
            unmet[row["candidate"]].add(row["criterion"])
    for row in table("scores"):
        cell, of = (row["activity"], row["competency"]), levels[row["candidate"]]
        of[cell] = (*of.get(cell, ()), int(row["level"]))[:2]
    withdrawn = {row["candidate"] for row in table("withdrawals")}
    return [
        Candidate(
            row["given_name"],
            row["family_name"],
            row["administration_iso2"],
            row["email"],
            row["languages"].replace(";", ", "),
            row["years_of_pca"],
            frozenset(unmet[row["candidate"]]),
            levels[row["candidate"]],
        )
        for row in sorted(table("candidates"), key=lambda row: row["candidate"] not in FIRST)
        if row["candidate"] not in withdrawn
    ]


def _named(one: str) -> dict[str, str]:
    en, fr = TERMS[one]
    return {"id": one, "name_en": en, "name_fr": fr}


def _levels(lowest: int, highest: int) -> list[dict[str, object]]:
    return [{"level": n, "anchor_en": f"Level {n}", "anchor_fr": f"Niveau {n}"} for n in range(lowest, highest + 1)]
