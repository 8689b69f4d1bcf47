"""Which certificate was issued, and what its status is on a day, as known at a moment."""

from projections.certificates.queries import CertificateRow, Certificates

__all__ = ["CertificateRow", "Certificates"]
