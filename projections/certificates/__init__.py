"""Which certificate was issued, and what its status is on a day, as known at a moment."""

from projections.certificates.queries import CertificateRow, Certificates
from projections.certificates.tables import TABLES, record

__all__ = ["TABLES", "CertificateRow", "Certificates", "record"]
