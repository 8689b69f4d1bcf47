"""The diploma: a PDF for people, in French and in English, with the signed credential attached for machines.

It states every item of ISO/IEC 17024 9.4.8, is PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), and is sealed.
"""

from typing import Any

import msgspec
from zxingcpp import BarcodeFormat, create_barcode

from ledger.verdict import CheckResult
from ledger.words import Language, Words
from projections.credentials.facts import CertificateFacts, IssuerIdentity
from projections.credentials.forms import open_badge, pdf_reading, pdf_seal
from projections.credentials.forms.form import Form, Material
from projections.credentials.forms.typesetting import pdf
from projections.dates import day_in_words

CREDENTIAL_TYPE = "application/vc+ld+json"
SIZES = (12, 11, 10, 9, 8, 7)  # points: the largest is taken at which each language fits its page
OVERFLOW = "does not fit on its page"
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "heading": "Certificate",
        "certifies": "It is certified that",
        "meets": "meets the requirements of the certification scheme",
        "scheme": "Scheme {scheme}, version {version}, in force from {in_force}",
        "scope_heading": "Competencies certified",
        "facts_heading": "Details",
        "number": "Certificate number",
        "certified_by": "Certified by",
        "workshop": "Workshop",
        "days": "{place}, {start} to {end}",
        "from": "Effective from",
        "expiry": "Expiry",
        "to": "At the end of {expires_on}",
        "endless": "None: in force until it is withdrawn",
        "issued": "Issued",
        "qr_caption": "Current status and verification",
        "qr_alt": "QR code of the address of this certificate: {url}",
        "seal_heading": "Electronic seal",
        "seal": "{body} seals this file electronically, and the signed credential is attached to it. "
        "PDF readers show both; a print carries neither. To see whether this certificate is in force today, and to "
        "verify it:",
        "notice": "Demonstration: this is not an official certificate.",
        "title": "Certificate {number}",
        "attached": "The signed credential of certificate {number}, for machines",
    },
    "fr": {
        "heading": "Certificat",
        "certifies": "Il est certifié que",
        "meets": "satisfait aux exigences du programme de certification",
        "scheme": "Programme {scheme}, version {version}, en vigueur depuis le {in_force}",
        "scope_heading": "Compétences certifiées",
        "facts_heading": "Informations",
        "number": "Numéro du certificat",
        "certified_by": "Organisme de certification",
        "workshop": "Atelier",
        "days": "{place}, du {start} au {end}",
        "from": "Date d’effet",
        "expiry": "Échéance",
        "to": "Fin du {expires_on}",
        "endless": "Aucune : en vigueur jusqu’à son retrait",
        "issued": "Date de délivrance",
        "qr_caption": "Statut du jour et vérification",
        "qr_alt": "Code QR de l’adresse de ce certificat : {url}",
        "seal_heading": "Cachet électronique",
        "seal": "{body} appose à ce fichier un cachet électronique, et le justificatif signé y est joint. Les "
        "lecteurs de PDF montrent l’un et l’autre ; une impression n’en porte aucun. Pour savoir si ce certificat est "
        "en vigueur aujourd’hui, et pour le vérifier :",
        "notice": "Démonstration : ceci n’est pas un certificat officiel.",
        "title": "Certificat {number}",
        "attached": "Le justificatif signé du certificat {number}, pour les machines",
    },
}


def diploma(facts: CertificateFacts, issuer: IssuerIdentity, credential: bytes, official: bool) -> bytes:
    """The PDF before its seal, always the same bytes. ``credential`` is JSON-LD in UTF-8.

    The page in the certificate's language comes first. Raises ValueError when no font has a character of a text, or
    when a text is too long for its page.
    """
    first: Language = "fr" if facts.language == "fr" else "en"
    languages: tuple[Language, Language] = (first, "en" if first == "fr" else "fr")
    url = issuer.certificate(facts.number)
    pages = [_page(facts, url, language, official) for language in languages]
    data = {
        "title": " / ".join(page["title"] for page in pages),
        "author": facts.body.into(first),
        "description": facts.scheme.title.into(first),
        "keywords": [facts.number, facts.scheme.id],
        "url": url,
        "qr": create_barcode(url, BarcodeFormat.QRCode, ec_level="M").to_svg(),
        "attachment": {"type": CREDENTIAL_TYPE, "description": " / ".join(page["attached"] for page in pages)},
        "pages": pages,
    }
    text = credential.decode()
    for size in SIZES:
        sized = msgspec.json.encode(data | {"size": size, "overflow": OVERFLOW}).decode()
        try:
            return pdf("diploma.typ", {"data": sized, "credential": text}, facts.issued)
        except ValueError as error:
            if OVERFLOW not in str(error):
                raise
    raise ValueError(f"the diploma of {facts.number} {OVERFLOW}")


def _page(facts: CertificateFacts, url: str, language: Language, official: bool) -> dict[str, Any]:
    """What the template says in one language: its words, filled in, and what the certificate states."""
    scheme, body = facts.scheme, facts.body.into(language)
    days = {
        "in_force": scheme.in_force,
        "start": facts.start,
        "end": facts.end,
        "effective_from": facts.effective_from,
        "expires_on": facts.expires_on,
        "issued_on": facts.issued.date(),
    }
    stated = {name: "" if day is None else day_in_words(day, language) for name, day in days.items()}
    stated |= {"body": body, "number": facts.number, "place": facts.place, "scheme": scheme.id, "url": url}
    words = {name: text.format(**stated, version=scheme.version) for name, text in WORDS[language].items()}
    return words | {
        "language": language,
        "notice": None if official else words["notice"],
        "body": body,
        "holder": facts.holder,
        "scheme_title": scheme.title.into(language),
        "scope": [item.name.into(language) for item in scheme.scope],
        "facts": [
            (words["number"], facts.number),
            (words["certified_by"], body),
            (words["workshop"], words["days"]),
            (words["from"], stated["effective_from"]),
            (words["expiry"], words["endless"] if facts.expires_on is None else words["to"]),
            (words["issued"], stated["issued_on"]),
        ],
    }


def _make(material: Material, credential: bytes) -> bytes:
    unsealed = diploma(material.facts, material.issuer, credential, material.official)
    signers = material.signers
    return pdf_seal.seal(unsealed, signers.p256, signers.chain, material.made, material.tsa)


def _recognise(data: bytes) -> str | None:
    is_pdf = data.startswith(b"%PDF-")
    return pdf_reading.attached_credential(data).decode(errors="replace").strip() if is_pdf else None


PDF = Form(
    name="pdf",
    media_types=("application/pdf",),
    label=Words("Diploma (PDF, sealed)", "Diplôme (PDF, avec cachet)"),
    kind=Words("a sealed PDF with an attached credential", "un PDF muni d’un cachet, avec une attestation jointe"),
    make=_make,
    recognise=_recognise,
    issuer=open_badge.issuer_named,
    verify=open_badge.verify,
    verify_seal=pdf_reading.require_seal,
    altered=CheckResult.FAILED,  # a seal leaves some bytes out, such as the room around it: they may not differ either
)
