"""Expiries as a calendar (RFC 5545): an all-day event on the last day of validity, and a reminder weeks before.

The event of a certification has one identifier for good, so that a renewal moves it and a withdrawal
cancels it in whatever calendar has taken it in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event

from api.register import Register
from api.sharing.told import told
from api.words import Language
from projections.changes import Change, Kind

MEDIA_TYPE = "text/calendar"
REMINDER = timedelta(weeks=-8)  # long enough before to ask for the renewal
KEPT = 16_384  # events of some 700 bytes: writing one takes milliseconds, and few change
END = b"END:VCALENDAR\r\n"
TITLE = ("Expiries of certificates", "Échéances des certificats")
SUMMARY = ("Certificate {who} expires", "Le certificat {who} expire")
DESCRIPTION = (
    "Last day of validity of certificate {number}. The register says whether it is valid today: {url}",
    "Dernier jour de validité du certificat {number}. Le registre dit s'il est valable aujourd'hui : {url}",
)


def calendar(register: Register, changes: Iterable[Change], chosen: Language) -> bytes:
    """A calendar of certifications, each given by its latest change; without those that have no end or no document."""
    made = Calendar()
    made.add("prodid", f"-//{register.trust.origin}//pca-ledger//{chosen.upper()}")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{TITLE[chosen == 'fr']}, {register.body[chosen == 'fr']}")
    events = [
        _event(
            change,
            change.number,
            register.views.roster.public_name(change.person_id),
            told(register, change).url,
            register.trust.origin,
            chosen,
        )
        for change in changes
        if change.number is not None and change.expires_on is not None
    ]
    return b"".join([bytes(made.to_ical()).removesuffix(END), *events, END])


@lru_cache(KEPT)
def _event(change: Change, number: str, name: str | None, page: str, origin: str, chosen: Language) -> bytes:
    french = chosen == "fr"
    summary = SUMMARY[french].format(who=number if name is None else f"{number} ({name})")
    url = f"{page}?lang={chosen}"
    event = Event()
    event.add("uid", f"expiry-{quote(change.certification_id)}@{quote(origin.partition('/')[0])}")
    event.add("dtstamp", change.recorded)
    # Every later change has a greater one, which is all that 3.8.7.4 asks.
    event.add("sequence", change.position)
    event.add("dtstart", change.expires_on)
    event.add("summary", summary, parameters={"language": chosen})
    event.add("description", DESCRIPTION[french].format(number=number, url=url), parameters={"language": chosen})
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    if change.kind is Kind.WITHDRAWN:
        event.add("status", "CANCELLED")
        return bytes(event.to_ical())
    event.add("status", "CONFIRMED")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", REMINDER)
    alarm.add("description", summary, parameters={"language": chosen})
    event.add_component(alarm)
    return bytes(event.to_ical())
