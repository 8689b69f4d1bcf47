"""Expiries as a calendar (RFC 5545): an all-day event on the last day of validity, and a reminder weeks before.

The event of a certification never changes its identifier, so that a renewal moves it and a withdrawal cancels it in
every calendar that subscribes.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event, vText
from icalendar.parser import Contentline, Parameters

from api.register import Register
from api.sharing.announcements import announcement
from ledger.words import Language, Words
from projections.changes import Change, Kind

MEDIA_TYPE = "text/calendar"
REMINDER = timedelta(weeks=-8)  # early enough to apply for renewal
MONTHS, MOST_MONTHS = 6, 60  # ahead: by default as long as the reminder needs, and longer than a term lasts
KEPT_MONTHS = 3  # for which what ended, or was moved or cancelled, stays: calendars that read it so often take it in
KEPT = 16_384  # events of some 600 bytes: writing one takes half a millisecond, and few change
BEGIN_EVENT, END = b"BEGIN:VEVENT\r\n", b"END:VCALENDAR\r\n"
# RFC 5545, 3.6: a calendar has at least one component. A time zone is one that calendars do not show.
NO_EVENT = (
    b"BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
TITLE = Words("Certificate expiry dates", "Échéances des certificats")
SUMMARY = Words("Certificate {who} expires", "Échéance du certificat {who}")
DESCRIPTION = Words(
    "Last day of validity of certificate {number}. Current status: {url}",
    "Dernier jour de validité du certificat {number}. Statut actuel : {url}",
)


def calendar(register: Register, changes: Sequence[Change], chosen: Language) -> bytes:
    """Returns a calendar of certifications, by their latest changes; those without end or document are left out."""
    made = Calendar()
    made.add("prodid", f"-//{register.trust.origin}//pca-ledger//{chosen.upper()}")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{TITLE.into(chosen)}, {register.body.into(chosen)}")
    people = register.models.roster.people(change.person_id for change in changes)
    events = [
        BEGIN_EVENT
        + _summary(change.number, people[change.person_id].name, chosen)
        + _rest(change, change.number, announcement(register, change).url, register.trust.origin, chosen)
        for change in changes
        if change.number is not None and change.expires_on is not None
    ]
    return b"".join([bytes(made.to_ical()).removesuffix(END), *(events or [NO_EVENT]), END])


def _summary(number: str, name: str | None, chosen: Language) -> bytes:
    summary = SUMMARY.into(chosen).format(who=number if name is None else f"{number} ({name})")
    return bytes(Contentline.from_parts("SUMMARY", Parameters(LANGUAGE=chosen), vText(summary)).to_ical()) + b"\r\n"


@lru_cache(KEPT)
def _rest(change: Change, number: str, page: str, origin: str, chosen: Language) -> bytes:
    """Returns an event after its summary, without the name: it is cached, and a name must not outlive the consent."""
    url = f"{page}?lang={chosen}"
    event = Event()
    event.add("uid", f"expiry-{quote(change.certification_id)}@{quote(origin.partition('/')[0])}")
    event.add("dtstamp", change.recorded)
    # Only an increase is required (3.8.7.4), and positions increase.
    event.add("sequence", change.position)
    event.add("dtstart", change.expires_on)
    event.add("description", DESCRIPTION.into(chosen).format(number=number, url=url), parameters={"language": chosen})
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    if change.kind in (Kind.WITHDRAWN, Kind.RELINQUISHED, Kind.ANNULLED):
        event.add("status", "CANCELLED")
    else:
        event.add("status", "CONFIRMED")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", REMINDER)
        alarm.add("description", SUMMARY.into(chosen).format(who=number), parameters={"language": chosen})
        event.add_component(alarm)
    return bytes(event.to_ical()).removeprefix(BEGIN_EVENT)
