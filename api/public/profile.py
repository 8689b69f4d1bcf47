"""The link that adds a certificate to a LinkedIn profile. Nothing is loaded from LinkedIn until somebody follows it."""

from urllib.parse import urlencode

from api.public.views import CertificateView
from ledger.domain.certificate_status import CertificateStatus
from ledger.words import Language, Words

ADD = "https://www.linkedin.com/profile/add"


def profile_link(certificate: CertificateView, chosen: Language) -> str | None:
    """Returns the link for a certificate that is valid and in use; None for any other."""
    if certificate.status is not CertificateStatus.VALID:
        return None
    first = certificate.effective_from
    facts: dict[str, str | int] = {
        "startTask": "CERTIFICATION_NAME",
        "name": Words(certificate.title_en, certificate.title_fr).into(chosen),
        "organizationName": Words(certificate.body_en, certificate.body_fr).into(chosen),
        "issueYear": first.year,
        "issueMonth": first.month,
    }
    period = certificate.period
    if period is not None and period.last_day is not None:
        last = period.last_day
        facts |= {"expirationYear": last.year, "expirationMonth": last.month}
    return f"{ADD}?{urlencode(facts | {'certUrl': certificate.url, 'certId': certificate.number})}"
