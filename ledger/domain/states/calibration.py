"""What is remembered of a calibration exercise."""

from datetime import date

import msgspec

from ledger.domain.events.calibration import CalibrationExerciseConducted
from ledger.domain.record import Event


class Calibration(msgspec.Struct, frozen=True):
    """``calibrated`` are those who agreed with enough levels of the exemplar; it counts until ``valid_to``."""

    version: int = 0
    scheme_id: str = ""
    valid_to: date = date.min
    calibrated: frozenset[str] = frozenset()


def evolve_calibration(state: Calibration, event: Event[CalibrationExerciseConducted]) -> Calibration:
    """Remember who is calibrated for which scheme, and until when."""
    fact = event.facts
    calibrated = frozenset(
        one.person_id for one in fact.participants if one.agreed * 100 >= one.compared * fact.required_percent
    )
    return Calibration(event.version, fact.scheme_id, fact.valid_to, calibrated)
