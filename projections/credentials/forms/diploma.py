"""The diploma: a PDF for people, in French and in English, with the signed credential attached for machines.

It states every item of ISO/IEC 17024 9.4.8 in words, and names who decided. Its rosette is drawn from the leaf hash of
the award (:mod:`projections.credentials.forms.rosette`). It is PDF/A-3a (ISO 19005-3), PDF/UA-1 (ISO 14289-1), and
sealed.
"""

import re
from typing import Any

import msgspec
from msgspec.structs import replace
from zxingcpp import BarcodeFormat, create_barcode

from ledger.verdict import CheckResult
from ledger.words import Language, Words, day_in_words
from projections.credentials.facts import CertificateFacts, IssuerIdentity, Signatory
from projections.credentials.forms import open_badge, pdf_reading, pdf_seal, rosette
from projections.credentials.forms.emblem import NO_EMBLEMS, Emblems
from projections.credentials.forms.form import Form, Material
from projections.credentials.forms.typesetting import NO_FONT, pdf, unbroken, undisplayable
from projections.dates import days_in_words

CREDENTIAL_TYPE = "application/vc+ld+json"
SIZES = (11, 10, 9, 8, 7, 6)  # points: the largest is taken at which each language fits its page
OVERFLOW = "does not fit on its page"
GOLD = "#94713a"
DIGITS = 16  # of the hash, in words under the rosette: the rays show all
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "heading": "Certificate",
        "certifies": "It is certified that",
        "meets": "meets the requirements of the certification scheme",
        "scheme": "version {version} of the scheme, in force from {in_force}",
        "scope_heading": "Competencies certified",
        "facts_heading": "Details",
        "number": "Certificate number",
        "workshop": "Workshop",
        "place": "Place",
        "from": "Effective from",
        "expiry": "Expiry",
        "to": "At the end of\N{NO-BREAK SPACE}{expires_on}",
        "endless": "None: in force until it is withdrawn",
        "issued": "Issued",
        "signed": "Decided and signed electronically by",
        "rosette": "Same award, same rosette: it is drawn from the hash of the award in the log, whose digits are its "
        "64 rays, clockwise from the top:",
        "qr_caption": "Current status and verification",
        "qr_alt": "QR code of the address of this certificate: {url}",
        "seal_heading": "Electronic seal",
        "seal": "This file bears the electronic seal of the body, and the signed credential is attached to it. A print "
        "carries neither.",
        "verify": "Status today, and verification:",
        "notice": "Demonstration: this is not an official certificate.",
        "title": "Certificate {number}",
        "attached": "The signed credential of certificate {number}, for machines",
    },
    "fr": {
        "heading": "Certificat",
        "certifies": "Il est certifié que",
        "meets": "satisfait aux exigences du programme de certification",
        "scheme": "version {version} du programme, en vigueur depuis le {in_force}",
        "scope_heading": "Compétences certifiées",
        "facts_heading": "Informations",
        "number": "Numéro du certificat",
        "workshop": "Atelier",
        "place": "Lieu",
        "from": "Date d’effet",
        "expiry": "Échéance",
        "to": "Fin du\N{NO-BREAK SPACE}{expires_on}",
        "endless": "Aucune : valable jusqu’au retrait",
        "issued": "Date de délivrance",
        "signed": "Décision prise et signée électroniquement par",
        "rosette": "À même décision, même rosette : elle est tirée de l’empreinte de la décision au journal, dont ses "
        "64 rayons sont les chiffres, dans le sens horaire depuis le haut :",
        "qr_caption": "Statut du jour et vérification",
        "qr_alt": "Code QR de l’adresse de ce certificat : {url}",
        "seal_heading": "Cachet électronique",
        "seal": "Ce fichier porte le cachet électronique de l’organisme, et l’attestation signée y est jointe. Une "
        "impression n’en porte aucun.",
        "verify": "Statut du jour et vérification :",
        "notice": "Démonstration : ceci n’est pas un certificat officiel.",
        "title": "Certificat {number}",
        "attached": "L’attestation signée du certificat {number}, pour les machines",
    },
}


def diploma(
    facts: CertificateFacts, issuer: IssuerIdentity, credential: bytes, official: bool, emblems: Emblems = NO_EMBLEMS
) -> bytes:
    """The PDF before its seal, always the same bytes. ``credential`` is JSON-LD in UTF-8.

    The page in the certificate's language comes first. A signatory whose name no font has is shown by the office alone,
    so that nobody's diploma depends on it. Raises ValueError when no font has a character of another text, or when a
    text is too long for its page.
    """
    try:
        return _drawn(facts, issuer, credential, official, emblems)
    except ValueError as error:
        shown = tuple(map(_shown, facts.signatories)) if NO_FONT in str(error) else facts.signatories
        if shown == facts.signatories:
            raise
    return _drawn(replace(facts, signatories=shown), issuer, credential, official, emblems)


def _shown(signatory: Signatory) -> Signatory:
    return replace(signatory, name=None) if undisplayable(signatory.name or "") else signatory


def _drawn(
    facts: CertificateFacts, issuer: IssuerIdentity, credential: bytes, official: bool, emblems: Emblems
) -> bytes:
    first = facts.page_language
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
        "rosette": rosette.svg(facts.leaf, GOLD).decode(),
        "year": str(facts.effective_from.year),
        "logo": emblems.logo,
        "seal": emblems.seal,
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
    scheme = facts.scheme
    days = {
        "in_force": scheme.in_force,
        "effective_from": facts.effective_from,
        "expires_on": facts.expires_on,
        "issued_on": facts.issued.date(),
    }
    stated = {name: "" if day is None else _whole(day_in_words(day).into(language)) for name, day in days.items()}
    stated |= {"number": facts.number, "url": url}
    words = {name: text.format(**stated, version=scheme.version) for name, text in WORDS[language].items()}
    return words | {
        "language": language,
        "digits": _whole(" ".join([*re.findall("....", facts.leaf.hex()[:DIGITS]), "…"])),
        "notice": None if official else words["notice"],
        "body": facts.body.into(language),
        "holder": facts.holder,
        "scheme_title": unbroken(scheme.title.into(language)),
        "scope": [unbroken(item.name.into(language)) for item in scheme.scope],
        "facts": [
            (words["number"], facts.number),
            (words["from"], stated["effective_from"]),
            (words["expiry"], words["endless"] if facts.expires_on is None else words["to"]),
            (words["issued"], stated["issued_on"]),
            (words["workshop"], _whole(days_in_words(facts.start, facts.end, language))),
            (words["place"], facts.place),
        ],
        "signatories": [{"name": one.name, "office": one.office.into(language)} for one in facts.signatories],
    }


def _whole(words: str) -> str:
    """The same words on one line."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _make(material: Material, credential: bytes) -> bytes:
    unsealed = diploma(material.facts, material.issuer, credential, material.official, material.emblems)
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
