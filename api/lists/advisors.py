"""Lists of certifications on a day, and of whom they cover: administrations, regions and funds."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from api.lists.listing import Asked, Code, Codes, LanguageCode, Positions, RegionName, Row, Texts
from api.lists.story import Story
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.months import add_months
from ledger.domain.scope import scope_on
from ledger.domain.standing import Status
from ledger.domain.states.certification import Certification
from ledger.words import Words

EMAIL = "email"


class Advisor(Row, frozen=True, kw_only=True):
    person_id: str
    name: str | None
    administration_id: str
    administration: Words
    region: RegionName
    language: LanguageCode
    domain: str
    scheme_id: str
    certification_id: str
    number: str
    scope: Texts
    since: date
    until: date | None
    positions: Positions


class Expiring(Row, frozen=True, kw_only=True):
    expires_on: date
    days_left: int
    person_id: str
    name: str | None
    administration_id: str
    administration: Words
    certification_id: str
    number: str
    status: Code
    window_opens: date
    missing: Codes
    hours: int | None
    missions: int | None
    refreshers: int | None
    positions: Positions


class Coverage(Row, frozen=True, kw_only=True):
    administration_id: str
    administration: Words
    region: RegionName
    nominated: int
    selected: int
    certified: int
    active: int
    last_workshop: date | None


class Region(Row, frozen=True, kw_only=True):
    region: RegionName
    administrations: int
    nominating: int
    with_active: int
    share: float
    nominated: int
    certified: int
    active: int


class Fund(Row, frozen=True, kw_only=True):
    funder: str
    year: int
    workshops: int
    nominated: int
    selected: int
    met: int
    certified: int
    active: int
    sessions: Texts


def advisors(story: Story, asked: Asked) -> Iterator[Advisor]:
    """Every certification that is in force on the day, by the name of its holder."""
    found = list(_granted(story, asked.on, Status.VALID))
    story.learn_names(grant.person_id for _, grant in found)
    found.sort(key=lambda row: (story.called(row[1].person_id).casefold(), row[1].certification_id))
    for certification, grant in found:
        administration_id = story.nominated_by[grant.certification_id]
        yield Advisor(
            person_id=story.one(grant.person_id),
            name=story.name(grant.person_id),
            administration_id=administration_id,
            administration=story.administration(administration_id, asked.on),
            region=story.administrations[administration_id].region(asked.on),
            language=grant.language,
            domain=story.domains[grant.scheme_id],
            scheme_id=grant.scheme_id,
            certification_id=grant.certification_id,
            number=certification.number,
            scope=tuple(sorted(scope_on(certification.scopes, asked.on))),
            since=grant.effective_from,
            until=certification.standing.expires_on,
            positions=story.positions(grant.certification_id, CertificationGranted),
        )


def expiring(story: Story, asked: Asked) -> Iterator[Expiring]:
    """Certifications that end within so many days, the first first, with what a renewal still needs."""
    last = asked.on + min(timedelta(days=asked.days), date.max - asked.on)
    found = [
        (until, certification, grant)
        for certification, grant in _granted(story, asked.on, Status.VALID, Status.SUSPENDED)
        if (until := certification.standing.expires_on) is not None and until <= last
    ]
    for until, certification, grant in sorted(found, key=lambda row: (row[0], row[2].certification_id)):
        version = story.schemes[grant.scheme_id].drafts[grant.scheme_version]
        opens, status = add_months(until, -version.renewal_window_months), certification.standing.on(asked.on)
        missing = [
            code
            for code, is_missing in (
                ("suspension-to-lift", status is Status.SUSPENDED),
                ("window-to-open", asked.on < opens),
                ("renewal-to-decide", True),
                ("email-missing", not story.has_detail(grant.person_id, EMAIL)),
            )
            if is_missing
        ]
        progress = story.progress(certification, grant)
        gaps = () if progress is None else progress.gaps(asked.on)
        short = {gap.what: gap.needed - gap.counts for gap in gaps}
        missing += [f"{gap.what}-missing" for gap in gaps]
        administration_id = story.nominated_by[grant.certification_id]
        yield Expiring(
            expires_on=until,
            days_left=(until - asked.on).days,
            person_id=story.one(grant.person_id),
            name=story.name(grant.person_id),
            administration_id=administration_id,
            administration=story.administration(administration_id, asked.on),
            certification_id=grant.certification_id,
            number=certification.number,
            status=status,
            window_opens=opens,
            missing=tuple(missing),
            hours=short.get("hours"),
            missions=short.get("missions"),
            refreshers=short.get("refreshers"),
            positions=story.positions(grant.certification_id),
        )


def administrations(story: Story, asked: Asked) -> Iterator[Coverage]:
    """Every administration, also those that never nominated anybody."""
    nominated, selected, certified, last = Counter[str](), Counter[str](), Counter[str](), dict[str, date]()
    for candidacy in story.candidacies.values():
        administration_id = candidacy.nominated.administration_id
        nominated[administration_id] += 1
        selected[administration_id] += candidacy.eligible is True
        certified[administration_id] += _is_granted(story, candidacy.candidacy_id)
        start = story.sessions[candidacy.nominated.session_id].planned.start
        last[administration_id] = max(start, last.get(administration_id, start))
    active = Counter(
        story.nominated_by[grant.certification_id]
        for _, grant in _granted(story, asked.on, Status.VALID)
        if grant.certification_id in story.candidacies
    )
    for administration_id, administration in sorted(story.administrations.items()):
        yield Coverage(
            administration_id=administration_id,
            administration=administration.name(asked.on),
            region=administration.region(asked.on),
            nominated=nominated[administration_id],
            selected=selected[administration_id],
            certified=certified[administration_id],
            active=active[administration_id],
            last_workshop=last.get(administration_id),
        )


def regions(story: Story, asked: Asked) -> Iterator[Region]:
    """The administrations of each region, added up."""
    members = defaultdict[str, list[Coverage]](list)
    for row in administrations(story, asked):
        members[row.region].append(row)
    for region, rows in sorted(members.items()):
        with_active = sum(row.active > 0 for row in rows)
        yield Region(
            region=region,
            administrations=len(rows),
            nominating=sum(row.nominated > 0 for row in rows),
            with_active=with_active,
            share=with_active / len(rows),
            nominated=sum(row.nominated for row in rows),
            certified=sum(row.certified for row in rows),
            active=sum(row.active for row in rows),
        )


def donors(story: Story, asked: Asked) -> Iterator[Fund]:
    """What each fund made possible in each year; the list ``sessions`` says it by workshop."""
    sessions = defaultdict[tuple[str, int], list[str]](list)
    for session_id, session in story.sessions.items():
        sessions[session.planned.funder, session.planned.start.year].append(session_id)
    active = {grant.certification_id for _, grant in _granted(story, asked.on, Status.VALID)}
    for (funder, year), ids in sorted(sessions.items()):
        members = [story.candidacies[each] for session_id in ids for each in story.in_session[session_id]]
        yield Fund(
            funder=funder,
            year=year,
            workshops=len(ids),
            nominated=len(members),
            selected=sum(each.eligible is True for each in members),
            met=sum(each.outcome is not None and each.outcome.outcome == "met" for each in members),
            certified=sum(_is_granted(story, each.candidacy_id) for each in members),
            active=sum(each.candidacy_id in active for each in members),
            sessions=tuple(sorted(ids)),
        )


def _is_granted(story: Story, certification_id: str) -> bool:
    certification = story.certifications.get(certification_id)
    return certification is not None and certification.grant is not None


def _granted(story: Story, day: date, *statuses: Status) -> Iterator[tuple[Certification, CertificationGranted]]:
    for certification in story.certifications.values():
        if certification.grant is not None and certification.standing.on(day) in statuses:
            yield certification, certification.grant
