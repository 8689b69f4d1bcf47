"""What a notice is: its kind, what became of it, and their names in both languages."""

from datetime import datetime
from enum import StrEnum

import msgspec

from ledger.words import Words


class Kind(StrEnum):
    """What a notice says. Only digests can be ended by who gets them."""

    CERTIFICATE = "certificate"
    REFUSAL = "refusal"
    NOT_SELECTED = "not-selected"
    SUSPENSION = "suspension"
    LIFTING = "suspension-lifted"
    WITHDRAWAL = "withdrawal"
    EXPIRY = "expiry"
    DIGEST = "digest"
    RECEIPT = "receipt"
    SIGN_IN = "sign-in"
    CALL = "call"
    RETURNED = "application-returned"
    INCOMPLETE = "application-incomplete"
    INVITED = "invited"
    EXCLUDED = "excluded"
    RELEASE_ASKED = "release-asked"
    ASSIGNED = "mission-assigned"
    FEEDBACK_ASKED = "feedback-asked"
    REPORT_DUE = "report-due"
    PRE_ACCREDITED = "pre-accreditation"
    RECOGNISED = "recognition"
    RELINQUISHED = "relinquishment"
    ANNULLED = "annulment"
    RESTORED = "restoration"


class State(StrEnum):
    """What became of a notice.

    It is ``SENDING`` from just before the server is given it until the server's reply. Whoever finds one in that state
    cannot know whether the server took it: it becomes ``UNKNOWN`` and is not sent again by itself.
    """

    QUEUED = "queued"
    DEFERRED = "deferred"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    NO_ADDRESS = "no-address"
    NOT_NEEDED = "not-needed"
    CLOSED = "closed"


KINDS: dict[Kind, Words] = {
    Kind.CERTIFICATE: Words("certificate", "certificat"),
    Kind.REFUSAL: Words("refusal", "refus"),
    Kind.NOT_SELECTED: Words("not selected", "candidature non retenue"),
    Kind.SUSPENSION: Words("suspension of the certification", "suspension de la certification"),
    Kind.LIFTING: Words("suspension lifted", "levée de suspension"),
    Kind.WITHDRAWAL: Words("withdrawal", "retrait"),
    Kind.EXPIRY: Words("expiry ahead", "échéance proche"),
    Kind.DIGEST: Words("digest", "récapitulatif"),
    Kind.RECEIPT: Words("receipt of signatures", "reçu de signatures"),
    Kind.SIGN_IN: Words("link to sign in", "lien de connexion"),
    Kind.CALL: Words("call for nominations", "appel à candidatures"),
    Kind.RETURNED: Words("application to be completed", "dossier à compléter"),
    Kind.INCOMPLETE: Words("application still incomplete", "dossier encore incomplet"),
    Kind.INVITED: Words("invitation", "invitation à un atelier"),
    Kind.EXCLUDED: Words("exclusion", "exclusion d’un atelier"),
    Kind.RELEASE_ASKED: Words("release asked for", "demande de mise à disposition"),
    Kind.ASSIGNED: Words("assignment to a mission", "affectation à une mission"),
    Kind.FEEDBACK_ASKED: Words("feedback asked for", "demande d’avis sur une mission"),
    Kind.REPORT_DUE: Words("mission report due", "rapport de mission attendu"),
    Kind.PRE_ACCREDITED: Words("pre-accreditation", "pré-accréditation"),
    Kind.RECOGNISED: Words("recognition", "reconnaissance"),
    Kind.RELINQUISHED: Words("relinquishment", "renonciation"),
    Kind.ANNULLED: Words("annulment", "annulation"),
    Kind.RESTORED: Words("decision annulled on appeal", "décision annulée sur recours"),
}
STATES: dict[State, Words] = {
    State.QUEUED: Words("waits", "en attente"),
    State.DEFERRED: Words("will be attempted again", "nouvel essai prévu"),
    State.SENDING: Words("is being sent", "envoi en cours"),
    State.SENT: Words("sent", "envoyé"),
    State.REFUSED: Words("refused by the mail server", "refusé par le serveur de messagerie"),
    State.UNKNOWN: Words("may have been sent or not", "peut-être envoyé, peut-être pas"),
    State.BOUNCED: Words("returned as undeliverable", "retourné, non remis"),
    State.NO_ADDRESS: Words("no address is known", "aucune adresse connue"),
    State.NOT_NEEDED: Words("not needed any more", "devenu sans objet"),
    State.CLOSED: Words("closed", "classé"),
}
WAITING = (State.QUEUED, State.DEFERRED)
GIVEN = (State.SENDING, State.SENT, State.UNKNOWN, State.BOUNCED)
"""The states of what the server was given, or may have been."""
TO_DECIDE = (State.UNKNOWN, State.REFUSED, State.BOUNCED, State.NO_ADDRESS)
"""Those about which a person decides: to send again, or to close."""


class Sending(msgspec.Struct, frozen=True):
    """The address that a notice was sent to, and what its server said."""

    address: str
    reply: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """A notice to be queued: for whom, because of what, and the id of what it is about."""

    kind: Kind
    person_id: str
    cause: str
    subject: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice of the outbox. ``sending`` is None before the first attempt, and when it cannot be read."""

    id: str
    kind: Kind
    person_id: str
    cause: str
    subject: str
    state: State
    queued: datetime
    changed: datetime
    attempts: int
    again: datetime
    sending: Sending | None
