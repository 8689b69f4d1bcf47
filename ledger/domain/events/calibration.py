"""Facts about calibration: assessors score the same exemplar, and their levels are compared with its own."""

from datetime import date

import msgspec

from ledger.domain.record import Fact


class Calibrated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of ``compared`` levels of the exemplar, the person agreed with ``agreed``."""

    person_id: str
    compared: int
    agreed: int


class CalibrationExerciseConducted(Fact, frozen=True, kw_only=True):
    """Who took part in an exercise for a scheme: whoever agreed on ``required_percent`` of the levels is calibrated."""

    calibration_id: str
    scheme_id: str
    conducted_on: date
    participants: tuple[Calibrated, ...]
    required_percent: int
    valid_to: date
