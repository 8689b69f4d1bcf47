"""The forms in which a certificate is issued: a new one is its own module and a line here.

A certificate whose documents exist keeps the forms in which they were made; new ones are made in every form.
"""

from projections.credentials.forms import badge, diploma, open_badge, sd_jwt
from projections.credentials.forms.form import Form

FORMS: tuple[Form, ...] = (
    diploma.PDF,
    open_badge.JSON_LD,
    badge.PNG,
    badge.SVG,
    open_badge.JWT,
    sd_jwt.SD_JWT,
)


def by_name() -> dict[str, Form]:
    return {form.name: form for form in FORMS}


def by_media_type() -> dict[str, Form]:
    """Every media type by which a program may ask for a form."""
    return {media_type: form for form in FORMS for media_type in form.media_types}
