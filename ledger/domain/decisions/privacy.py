"""The rights of persons over their data, legal holds, and disclosures to third parties (ISO/IEC 17024, 7.3; GDPR).

A hold, a request and a disclosure is each about one person, whose data alone it concerns: what is stated of it is
erased with them.
"""

from datetime import date
from typing import Literal, cast

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import privacy as facts
from ledger.domain.events.common import Digest
from ledger.domain.months import add_months
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.privacy import (
    Hold,
    Request,
    Transfer,
    evolve_hold,
    evolve_request,
    evolve_transfer,
)
from ledger.words import Words

ANSWER_MONTHS = 1  # GDPR, article 12(3)
MORE_MONTHS = 2  # by which the time may be extended, likewise
GROUND_IF_REFUSED = Words("a ground, if and only if the request is refused", "un motif en cas de refus, et seulement")
REASON_IF_REFUSED = Words("the reasons for a refusal", "les raisons du refus")
WHY_NOT_TOLD = Words(
    "why, if and only if the person was not told before",
    "la raison, si et seulement si la personne n’a pas été informée au préalable",
)
TO_COME = Words("a day to come", "un jour à venir")


class RequestCommand(Command, frozen=True, kw_only=True):
    kind = "request"
    request_id: str


class ReceiveDataSubjectRequest(RequestCommand, frozen=True, kw_only=True):
    person_id: str
    request_kind: facts.RequestKind
    received_on: date


class ExtendDataSubjectRequest(RequestCommand, frozen=True, kw_only=True):
    reason: Digest


class DecideDataSubjectRequest(RequestCommand, frozen=True, kw_only=True):
    granted: bool
    refusal_ground: facts.RefusalGround | None = None
    reason: Digest | None = None


class HoldCommand(Command, frozen=True, kw_only=True):
    kind = "hold"
    hold_id: str


class PlaceLegalHold(HoldCommand, frozen=True, kw_only=True):
    person_id: str
    review_on: date
    reason: Digest


class ReleaseLegalHold(HoldCommand, frozen=True, kw_only=True):
    reason: Digest


class TransferCommand(Command, frozen=True, kw_only=True):
    kind = "transfer"
    transfer_id: str


class RecordDisclosure(TransferCommand, frozen=True, kw_only=True):
    person_id: str
    recipient: facts.Recipient
    legal_basis: facts.DisclosureBasis
    categories: tuple[facts.DataCategory, ...]
    disclosed_on: date
    told_before: bool
    not_told_because: Literal["prohibited-by-law", "not-reachable", "urgent"] | None = None


def receive_data_subject_request(command: ReceiveDataSubjectRequest, act: Act, read: Reader) -> Fact:
    """A data protection officer records what a person asks for; the answer is due a month after it was received."""
    require.new(command, read)
    require.person(command.person_id, read)
    if command.received_on > act.day:
        raise Refused("in-the-future", field="received_on")
    due_on = add_months(command.received_on, ANSWER_MONTHS)
    return command.stated_as(facts.DataSubjectRequestReceived, due_on=due_on)


def extend_data_subject_request(command: ExtendDataSubjectRequest, act: Act, read: Reader) -> Fact:
    """A data protection officer takes two months more, once, and says so before the first month is over."""
    request = _open_request(command.request_id, read)
    received = request.received
    assert received is not None  # of a request that is open
    if request.extended:
        raise Refused("request-extended-already", date=received.due_on)
    if act.day > received.due_on:
        raise Refused("request-overdue", date=received.due_on)
    due_on = add_months(received.received_on, ANSWER_MONTHS + MORE_MONTHS)
    return command.stated_as(facts.DataSubjectRequestExtended, due_on=due_on)


def decide_data_subject_request(command: DecideDataSubjectRequest, act: Act, read: Reader) -> Fact:
    """A data protection officer grants a request, or refuses it on a ground and for reasons that the person is told."""
    _open_request(command.request_id, read)
    if command.granted is (command.refusal_ground is not None):
        raise Refused("malformed", field="refusal_ground", expected=GROUND_IF_REFUSED)
    if not command.granted and command.reason is None:
        raise Refused("malformed", field="reason", expected=REASON_IF_REFUSED)
    return command.stated_as(facts.DataSubjectRequestDecided)


def place_legal_hold(command: PlaceLegalHold, act: Act, read: Reader) -> Fact:
    """A data protection officer has the data of a person kept, and says when that is looked at again."""
    require.new(command, read)
    require.person(command.person_id, read)
    if command.review_on <= act.day:
        raise Refused("malformed", field="review_on", expected=TO_COME)
    return command.stated_as(facts.LegalHoldPlaced)


def release_legal_hold(command: ReleaseLegalHold, act: Act, read: Reader) -> Fact:
    """A data protection officer ends a hold."""
    hold = cast(Hold, require.known(Stream("hold", command.hold_id), read))
    if hold.released:
        raise Refused("hold-released", hold=command.hold_id)
    return command.stated_as(facts.LegalHoldReleased)


def record_disclosure(command: RecordDisclosure, act: Act, read: Reader) -> Fact:
    """A data protection officer records to whom data of a person were given, and whether the person was told before."""
    require.new(command, read)
    require.person(command.person_id, read)
    require.each_once("categories", command.categories)
    if command.disclosed_on > act.day:
        raise Refused("in-the-future", field="disclosed_on")
    if command.told_before is (command.not_told_because is not None):
        raise Refused("malformed", field="not_told_because", expected=WHY_NOT_TOLD)
    return command.stated_as(facts.DisclosedToThirdParty)


def _open_request(request_id: str, read: Reader) -> Request:
    request = cast(Request, require.known(Stream("request", request_id), read))
    if not request.is_open:
        raise Refused("request-decided", request=request_id)
    return request


def _requester(request_id: str, read: Reader) -> str | None:
    received = read.request(request_id).received
    return None if received is None else received.person_id


def _held(hold_id: str, read: Reader) -> str | None:
    placed = read.hold(hold_id).placed
    return None if placed is None else placed.person_id


# fmt: off
_OFFICER = (Role.DATA_PROTECTION_OFFICER,)
REQUEST = Subject(
    kind="request",
    id_field="request_id",
    initial=lambda request_id, _: Request(request_id),
    evolve=evolve_request,
    person=_requester,
    commands=(
        command_type("receive-data-subject-request", ReceiveDataSubjectRequest, receive_data_subject_request,
            EventType("data-subject-request-received/v1", facts.DataSubjectRequestReceived, _OFFICER, "confidential",
                      Words("Data subject request received", "Demande relative aux données reçue")),
            names=lambda said: said.person_id),
        command_type("extend-data-subject-request", ExtendDataSubjectRequest, extend_data_subject_request,
            EventType("data-subject-request-extended/v1", facts.DataSubjectRequestExtended, _OFFICER, "confidential",
                      Words("Time to answer a request extended", "Délai de réponse à une demande prolongé"))),
        command_type("decide-data-subject-request", DecideDataSubjectRequest, decide_data_subject_request,
            EventType("data-subject-request-decided/v1", facts.DataSubjectRequestDecided, _OFFICER, "confidential",
                      Words("Data subject request decided", "Demande relative aux données tranchée"))),
    ),
)
HOLD = Subject(
    kind="hold",
    id_field="hold_id",
    initial=lambda hold_id, _: Hold(hold_id),
    evolve=evolve_hold,
    person=_held,
    commands=(
        command_type("place-legal-hold", PlaceLegalHold, place_legal_hold,
            EventType("legal-hold-placed/v1", facts.LegalHoldPlaced, _OFFICER, "restricted",
                      Words("Legal hold placed", "Gel juridique posé")),
            names=lambda said: said.person_id),
        command_type("release-legal-hold", ReleaseLegalHold, release_legal_hold,
            EventType("legal-hold-released/v1", facts.LegalHoldReleased, _OFFICER, "restricted",
                      Words("Legal hold released", "Gel juridique levé"))),
    ),
)
TRANSFER = Subject(
    kind="transfer",
    id_field="transfer_id",
    initial=lambda transfer_id, _: Transfer(transfer_id),
    evolve=evolve_transfer,
    commands=(
        command_type("record-disclosure", RecordDisclosure, record_disclosure,
            EventType("disclosed-to-third-party/v1", facts.DisclosedToThirdParty, _OFFICER, "confidential",
                      Words("Disclosed to a third party", "Données communiquées à un tiers")),
            names=lambda said: said.person_id),
    ),
)
# fmt: on
