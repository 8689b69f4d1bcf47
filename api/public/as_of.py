"""The two times of a query: the day it is about, and the day up to which the record counts."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from api.pages import register_of
from api.problems import WrongInput


class AsOf(BaseModel, frozen=True):
    """What was true on ``on``, as known at the end of ``known_on`` (UTC)."""

    on: date
    known_on: date
    is_today: bool

    @property
    def known(self) -> datetime:
        """The moment up to which the record counts."""
        return datetime.combine(self.known_on, time.max, UTC)


def as_of(
    request: Request,
    on: Annotated[str, Query(description="The date of the status, YYYY-MM-DD; today by default.")] = "",
    known_on: Annotated[
        str, Query(description="The date as of which the register is consulted, YYYY-MM-DD; today by default.")
    ] = "",
) -> AsOf:
    """Returns the two times of a request; each is today when not given. Raises ``WrongInput``."""
    today = register_of(request).now().date()
    day, known_day = _day("on", on, today), _day("known_on", known_on, today)
    return AsOf(on=day, known_on=known_day, is_today=day == known_day == today)


When = Annotated[AsOf, Depends(as_of)]


def _day(field: str, text: str, today: date) -> date:
    if not text.strip():
        return today
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongInput(field, "expected a date as YYYY-MM-DD", "date attendue au format AAAA-MM-JJ") from None
