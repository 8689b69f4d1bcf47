"""Who may open which page of the console: one table, from the name of a route to its rule.

A rule says who may *open* a page, and with which kind of session. What a page files is decided by the rules of the
ledger, which know whose case it is and who must sign. ``/console/why`` shows this table, and what each officer may do,
to auditors and to support.
"""

from collections.abc import Set

import msgspec

from api.console.access.sessions import Kind
from api.lists import readers
from ledger.domain.record import ROLE_LABELS, Role
from ledger.words import LANGUAGES, Words


class Rule(msgspec.Struct, frozen=True):
    """``roles``: any one of them opens the page. None: no session is needed.

    A page for guests needs a session of their ``kind`` and no role; an officer's session does not open it.
    """

    roles: frozenset[Role] | None
    kind: Kind = Kind.OFFICER

    @property
    def who(self) -> Words:
        """Who may open the page, in words."""
        if self.roles is None:
            return Words("everyone", "tout le monde")
        if self.kind is not Kind.OFFICER:
            return GUESTS[self.kind]
        if self == SIGNER:
            return Words("whoever has a key", "toute personne qui a une clé")
        if self == OFFICER:
            return Words("officers, in any role", "tous les responsables, quelle que soit leur fonction")
        return Words(*(", ".join(ROLE_LABELS[r].into(each) for r in Role if r in self.roles) for each in LANGUAGES))

    def allows(self, roles: Set[Role]) -> bool:
        """Whether an officer with these roles may open the page."""
        return self.roles is None or bool(self.roles & roles)


GUESTS = {
    Kind.HOLDER: Words("holders of a certification", "les titulaires d’une certification"),
    Kind.MEMBER: Words("contact points of an administration", "les points de contact d’une administration"),
}


def _any(*roles: Role) -> Rule:
    return Rule(frozenset(roles))


EVERYONE = Rule(None)
TO_HOLDERS, TO_MEMBERS = (Rule(None, kind) for kind in (Kind.HOLDER, Kind.MEMBER))  # where they sign in
HOLDER, MEMBER = (Rule(frozenset(), kind) for kind in (Kind.HOLDER, Kind.MEMBER))
OFFICER = Rule(readers.OFFICERS)
SIGNER = Rule(readers.OFFICERS | {Role.KEY_HOLDER})  # also a candidate or advisor without a role
KEY_OFFICERS = _any(Role.SECURITY_OFFICER, Role.DIRECTOR, Role.AUDITOR)
AUDITORS = _any(Role.AUDITOR, Role.DIRECTOR, Role.SECURITY_OFFICER)
# The names and results of candidates are for those who need them, each for the part of the work that is theirs.
CANDIDATES = _any(
    Role.REGISTRAR,
    Role.PROGRAMME_MANAGER,
    Role.SELECTION_PANEL,
    Role.MODERATOR,
    Role.DECISION_AUTHORITY,
    Role.DIRECTOR,
    Role.DATA_PROTECTION_OFFICER,
)
FILES = _any(Role.REGISTRAR, Role.PROGRAMME_MANAGER)  # what others sign
MISSIONS = Rule(readers.PAST["mission"])
APPLICATIONS = _any(
    Role.REGISTRAR,
    Role.PROGRAMME_MANAGER,
    Role.SELECTION_PANEL,
    Role.DIRECTOR,
    Role.DATA_PROTECTION_OFFICER,
)
ATTENDS = _any(Role.FACILITATOR, Role.REGISTRAR, Role.PROGRAMME_MANAGER)
DRAFTS = _any(Role.PROGRAMME_MANAGER)
SELECTS = _any(Role.SELECTION_PANEL)
DECIDES = _any(Role.DECISION_AUTHORITY)
WORKSHOP_RESULTS = _any(
    Role.REGISTRAR,
    Role.PROGRAMME_MANAGER,
    Role.MODERATOR,
    Role.DECISION_AUTHORITY,
    Role.DIRECTOR,
    Role.DATA_PROTECTION_OFFICER,
)
RESULTS = Rule(readers.RESULTS)
CASES = Rule(readers.PAST["appeal"])
# What lists say is confidential; each list names its own roles among these.
HISTORY = _any(*readers.RESULTS, Role.SECURITY_OFFICER)

REGISTER = _any(Role.DIRECTOR, Role.PROGRAMME_MANAGER, Role.AUDITOR)
"""Who reads the register of risks to impartiality and every tie that was declared."""

HISTORY_OF: dict[str, Rule] = {kind: Rule(roles) for kind, roles in readers.PAST.items()}
"""Who may read the past of what, by the kind of its stream: the pages of the past ask this too."""

RULES: dict[str, Rule] = {
    "access.sign-in": EVERYONE,
    "access.enter": EVERYONE,  # of a demonstration only
    "access.begin-sign-in": EVERYONE,
    "access.use-passkey": EVERYONE,
    "access.enrol": EVERYONE,  # with a link: whoever has none learns nothing
    "access.begin-making": EVERYONE,
    "access.make": EVERYONE,
    "access.begin-proving": EVERYONE,
    "access.prove": EVERYONE,
    "access.my-keys": SIGNER,
    "access.add-key": SIGNER,
    "access.keys": KEY_OFFICERS,
    "access.invite": _any(Role.SECURITY_OFFICER),
    "access.recover": _any(Role.SECURITY_OFFICER),
    "access.sign-out": SIGNER,
    "access.sessions": SIGNER,
    "access.end-session": SIGNER,
    "access.why": AUDITORS,
    "commands.list": SIGNER,
    "commands.form": SIGNER,  # of what they can file
    "commands.file": SIGNER,
    "history.home": OFFICER,  # the search finds, and the page lists, what they may read
    "history.list": HISTORY,
    "history.compared": HISTORY,
    "history.file": HISTORY,
    "history.result": RESULTS,
    "history.what-if": _any(Role.DIRECTOR, Role.PROGRAMME_MANAGER, Role.REGISTRAR, Role.AUDITOR),
    "history.save": HISTORY,
    "history.forget": HISTORY,
    "history.person": HISTORY_OF["person"],
    "history.one": OFFICER,  # each kind has its own rule
    "history.entry": OFFICER,
    "history.proof": OFFICER,
    "history.statement": OFFICER,
    "history.mine": SIGNER,  # what carries their own name
    "officers.appoint": _any(Role.REGISTRAR),
    "officers.appointed": _any(Role.REGISTRAR),
    "imports.list": FILES,
    "imports.template": FILES,
    "imports.upload": FILES,
    "imports.check": FILES,
    "imports.answer": FILES,
    "imports.confirm": FILES,
    "imports.give-up": FILES,
    "imports.take-back": FILES,
    "notices.list": FILES,
    "notices.preview": FILES,
    "notices.resend": FILES,
    "notices.close": FILES,
    "inbox.home": SIGNER,
    "inbox.review": SIGNER,
    "inbox.begin-signing": SIGNER,
    "inbox.sign": SIGNER,
    "inbox.signed": SIGNER,
    "inbox.statement": SIGNER,
    "inbox.refuse": SIGNER,
    "inbox.withdraw": SIGNER,
    "workshops.list": OFFICER,  # nobody is named
    "workshops.one": CANDIDATES,
    "workshops.assign": FILES,
    "workshops.nominate": FILES,
    "workshops.nominated": FILES,
    "workshops.call": FILES,
    "workshops.preparation": APPLICATIONS,
    "workshops.application": APPLICATIONS,
    "workshops.attendance": ATTENDS,
    "workshops.attended": ATTENDS,
    "impartiality.home": OFFICER,  # the register only for REGISTER
    "candidates.own": SIGNER,  # their own candidacies only
    "workshops.selection": CANDIDATES,
    "workshops.selected": SELECTS,
    "workshops.found": SELECTS,
    "workshops.ranking": WORKSHOP_RESULTS,
    "workshops.close": FILES,
    "workshops.compute": FILES,
    "workshops.memo": WORKSHOP_RESULTS,
    "workshops.decide": DECIDES,
    "workshops.issue": FILES,
    "certifications.list": WORKSHOP_RESULTS,
    "certifications.one": WORKSHOP_RESULTS,
    "missions.list": MISSIONS,
    "missions.one": MISSIONS,
    "missions.own": SIGNER,  # their own part only
    "development.waiting": _any(Role.REGISTRAR),
    "development.verify": _any(Role.REGISTRAR),
    "development.own": SIGNER,  # their own only
    "cases.list": CASES,
    "cases.appeal": CASES,
    "cases.complaint": CASES,
    "schemes.list": OFFICER,
    "schemes.version": OFFICER,
    "schemes.file": OFFICER,
    "schemes.compare": OFFICER,
    "schemes.draft": DRAFTS,
    "schemes.drafted": DRAFTS,
    "schemes.import": DRAFTS,
    "schemes.import-into": DRAFTS,
    "sheets.queue": _any(Role.ASSESSOR, Role.MODERATOR, Role.REGISTRAR, Role.PROGRAMME_MANAGER),
    "sheets.worker": EVERYONE,  # a program, the same for all
    "sheets.save": _any(Role.ASSESSOR),
    "sheets.sign": _any(Role.ASSESSOR),
    "sheets.correct": _any(Role.ASSESSOR),
    "sheets.corrected": _any(Role.ASSESSOR),
    "sheets.recuse": _any(Role.ASSESSOR),
    "sheets.moderation": _any(Role.MODERATOR, Role.REGISTRAR, Role.PROGRAMME_MANAGER),
    "sheets.reveal": _any(Role.REGISTRAR),
    "sheets.moderate": _any(Role.MODERATOR),
    "holders.entry": TO_HOLDERS,
    "holders.ask": TO_HOLDERS,
    "holders.enter": TO_HOLDERS,  # of a demonstration only
    "holders.link": TO_HOLDERS,
    "holders.use": TO_HOLDERS,
    "holders.sign-out": HOLDER,
    "holders.home": HOLDER,
    "holders.document": HOLDER,
    "holders.consent": HOLDER,
    "holders.relinquish": HOLDER,
    "holders.withdraw": HOLDER,
    "members.entry": TO_MEMBERS,
    "members.ask": TO_MEMBERS,
    "members.enter": TO_MEMBERS,  # of a demonstration only
    "members.link": TO_MEMBERS,
    "members.use": TO_MEMBERS,
    "members.sign-out": MEMBER,
    "members.home": MEMBER,  # each sees the people of their own administration only
    "members.nominate": MEMBER,
    "members.nominated": MEMBER,
    "members.withdraw": MEMBER,
    "members.answer": MEMBER,
    "members.missions": MEMBER,
    "members.request-mission": MEMBER,
    "members.release": MEMBER,
    "members.feedback": MEMBER,
}
"""By the name of the route, which begins with its area. A test fails for a route without a rule, and a rule without."""
