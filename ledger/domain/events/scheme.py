"""Facts about the certification scheme: its versions are data that later decisions cite."""

from datetime import date
from typing import Literal

import msgspec

from ledger.domain.record import Fact


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A selection criterion; ``id`` is lower-case words joined by hyphens."""

    id: str
    name_en: str
    name_fr: str


class Competency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is assessed. A candidate meets it when the exact mean of its levels is >= ``cut``."""

    id: str
    name_en: str
    name_fr: str
    cut: int


class Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the workshop; ``competencies`` are assessed in it (none: not assessed)."""

    id: str
    name_en: str
    name_fr: str
    competencies: tuple[str, ...]


class RubricLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level of the rubric and what it looks like, in both languages."""

    level: int
    anchor_en: str
    anchor_fr: str


class SchemeEstablished(Fact, frozen=True, kw_only=True):
    """A certification scheme with its id and titles; its versions hold the rules."""

    scheme_id: str
    title_en: str
    title_fr: str
    domain: str


class SchemeVersionDrafted(Fact, frozen=True, kw_only=True):
    """A whole version: periods are months; ``validity_months`` None states that nothing expires."""

    version: str
    criteria: tuple[Criterion, ...]
    competencies: tuple[Competency, ...]
    activities: tuple[Activity, ...]
    levels: tuple[RubricLevel, ...]
    decision_rule: Literal["mean-of-levels/v1"]
    assessors_per_cell: int
    seats: int
    validity_months: int | None
    renewal_window_months: int
    separation_months: int


class SchemeVersionApproved(Fact, frozen=True, kw_only=True):
    """The drafted version is in force for workshops that begin on or after ``effective_from``."""

    version: str
    effective_from: date
