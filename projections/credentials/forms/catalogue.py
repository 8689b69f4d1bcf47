"""The forms in which a certificate is kept, signed once: their names, media types and file extensions."""

from __future__ import annotations

import msgspec


class Form(msgspec.Struct, frozen=True):
    """``media_types`` begins with the one that is sent; by the others it may be asked for too."""

    name: str
    media_types: tuple[str, ...]
    label_en: str
    label_fr: str


FORMS: tuple[Form, ...] = (
    Form("pdf", ("application/pdf",), "Diploma (PDF, sealed)", "Diplôme (PDF, scellé)"),
    Form(
        "jsonld",
        ("application/vc+ld+json", "application/vc", "application/ld+json"),
        "Open Badge 3.0 (JSON-LD)",
        "Open Badge 3.0 (JSON-LD)",
    ),
    Form("png", ("image/png",), "Badge (PNG)", "Badge (PNG)"),
    Form("svg", ("image/svg+xml",), "Badge (SVG)", "Badge (SVG)"),
    Form("jwt", ("application/jwt", "application/vc+jwt"), "Open Badge 3.0 (JWT)", "Open Badge 3.0 (JWT)"),
    Form("sd-jwt", ("application/dc+sd-jwt",), "SD-JWT VC (wallets)", "SD-JWT VC (portefeuilles)"),
)
BY_NAME = {form.name: form for form in FORMS}
BY_MEDIA_TYPE = {media_type: form for form in FORMS for media_type in form.media_types}
