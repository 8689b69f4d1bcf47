"""Calibration of assessors (ISO/IEC 17024, 6.2 and 9.3): whoever scores agrees with an exemplar first."""

from datetime import date

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import calibration as facts
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.calibration import Calibration, evolve_calibration
from ledger.words import Words

AT_MOST_COMPARED = Words("at most as many as were compared", "au plus le nombre de niveaux comparés")


class ConductCalibrationExercise(Command, frozen=True, kw_only=True):
    kind = "calibration"
    calibration_id: str
    scheme_id: str
    conducted_on: date
    participants: tuple[facts.Calibrated, ...]
    required_percent: int
    valid_to: date


def conduct_calibration_exercise(command: ConductCalibrationExercise, act: Act, read: Reader) -> Fact:
    """A moderator who did not take part states how far each participant agreed with the exemplar."""
    if read.state(command.subject).version:
        raise Refused("already-exists", kind="calibration", id=command.calibration_id)
    require.scheme(command.scheme_id, read)
    if command.conducted_on > act.day:
        raise Refused("in-the-future", field="conducted_on")
    require.each_once("participants", [read.one(one.person_id) for one in command.participants])
    for place, one in enumerate(command.participants):
        require.person(one.person_id, read)
        require.not_in_own_case(act, one.person_id, read)
        if one.agreed > one.compared:
            raise Refused("malformed", field=f"participants[{place}].agreed", expected=AT_MOST_COMPARED)
    require.from_today("valid_to", command.valid_to, act)
    return command.stated_as(facts.CalibrationExerciseConducted)


# fmt: off
CALIBRATION = Subject(
    kind="calibration",
    id_field="calibration_id",
    initial=lambda *_: Calibration(),
    evolve=evolve_calibration,
    commands=(
        command_type("conduct-calibration-exercise", ConductCalibrationExercise, conduct_calibration_exercise,
            EventType("calibration-exercise-conducted/v1", facts.CalibrationExerciseConducted, (Role.MODERATOR,),
                      "confidential", Words("Calibration exercise conducted", "Étalonnage des évaluateurs réalisé"))),
    ),
)
# fmt: on
