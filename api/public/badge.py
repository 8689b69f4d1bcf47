"""The status badge: a small picture of the current status of a certificate, for other sites, in one language.

The words carry the meaning; colour and sign only repeat it. The picture does not depend on a font: each text is
stretched to the width that is calculated for it.
"""

from html import escape

import msgspec

from api.public.views import CertificateView
from ledger.domain.certificate_status import STATUS_LABELS, CertificateStatus
from ledger.words import Language, Words, day_in_words

HEIGHT = 28  # pixels
PADDING = 9
SIGN = 20  # width of the sign
NARROW, WIDE = "iljtfrI.,:;'|!()[] -", "mwMW@%"
WIDTHS = (4.2, 7.0, 10.5)  # of narrow, other and wide characters at 12 pixels
BOLD = 1.1  # how much wider bold characters are
UNTIL = Words("{status} until {day}", "{status} jusqu’au {day}")
DESCRIPTION = Words(
    "Certificate {number} of {body}: status in its register on {day}.",
    "Certificat {number} de l’organisme {body} : statut dans son registre au {day}.",
)
ALTERNATIVE = Words("Status of certificate {number}", "Statut du certificat {number}")
# White text on each of them has a contrast of more than 5:1.
COLOURS = {
    CertificateStatus.VALID: "#0a6636",
    CertificateStatus.SUSPENDED: "#8a3b00",
    CertificateStatus.SCOPE_REDUCED: "#8a3b00",
    CertificateStatus.WITHDRAWN: "#96140f",
    CertificateStatus.ANNULLED: "#96140f",
}
QUIET = "#52606d"


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of the picture. Widths are in pixels; ``state`` selects the sign."""

    state: str
    label: str
    value: str
    label_width: float
    value_width: float
    colour: str
    description: str

    @property
    def left(self) -> float:
        """The width of the part with the label."""
        return round(self.label_width + 2 * PADDING, 1)

    @property
    def width(self) -> float:
        return round(self.left + SIGN + self.value_width + 2 * PADDING, 1)


def badge(certificate: CertificateView, chosen: Language) -> Badge:
    """Returns the badge of a certificate with its status on the day of the view."""
    value = STATUS_LABELS[certificate.status].into(chosen).lower()
    if certificate.status is CertificateStatus.VALID and certificate.period and certificate.period.last_day:
        value = UNTIL.into(chosen).format(status=value, day=day_in_words(certificate.period.last_day).into(chosen))
    label = Words(certificate.title_en, certificate.title_fr).into(chosen)
    body = Words(certificate.body_en, certificate.body_fr).into(chosen)
    return Badge(
        state=certificate.status,
        label=label,
        value=value,
        label_width=_width(label),
        value_width=round(BOLD * _width(value), 1),
        colour=COLOURS.get(certificate.status, QUIET),
        description=DESCRIPTION.into(chosen).format(
            number=certificate.number, body=body, day=day_in_words(certificate.on).into(chosen)
        ),
    )


def snippet(certificate: CertificateView, chosen: Language) -> str:
    """Returns HTML to embed: the badge, linked to the certificate."""
    alternative = ALTERNATIVE.into(chosen).format(number=certificate.number)
    page, picture = f"{certificate.url}?lang={chosen}", f"{certificate.url}/status.svg?lang={chosen}"
    return f'<a href="{escape(page)}"><img src="{escape(picture)}" alt="{escape(alternative)}" height="{HEIGHT}"></a>'


def _width(text: str) -> float:
    narrow, other, wide = WIDTHS
    return round(sum(narrow if c in NARROW else wide if c in WIDE else other for c in text), 1)
