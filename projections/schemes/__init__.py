"""What a certification attests: the schemes and their approved versions."""

from projections.schemes.queries import Schemes, SchemeVersion

__all__ = ["SchemeVersion", "Schemes"]
