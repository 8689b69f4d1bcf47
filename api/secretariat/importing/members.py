"""The Member administrations that an import can register by code, from a list in this program."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def members() -> dict[str, dict[str, str]]:
    """ISO 3166-1 alpha-2 code -> iso3, name_en, name_fr, region."""
    text = files("api").joinpath("demo_data/members.csv").read_text("utf-8")
    return {row.pop("iso2"): row for row in csv.DictReader(text.splitlines())}
