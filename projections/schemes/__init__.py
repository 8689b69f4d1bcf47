"""What a certification attests: the schemes and their approved versions."""

from projections.schemes.queries import Schemes, SchemeVersion
from projections.schemes.tables import TABLES, record

__all__ = ["TABLES", "SchemeVersion", "Schemes", "record"]
