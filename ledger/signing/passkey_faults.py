"""What can be wrong with what a passkey made: each failure has a code, and the words for a person."""

from ledger.errors import Unverifiable
from ledger.words import Words

# fmt: off
FAULTS: dict[str, Words] = {
    # the encoding in an envelope
    "passkey-encoding": Words(
        "the signature of the passkey is not in its one encoding",
        "la signature de la clé d’accès n’est pas dans son unique encodage"),
    "passkey-version": Words(
        "the signature of the passkey is of a later version: use a later version of this program",
        "la signature de la clé d’accès est d’une version ultérieure : utilisez un programme plus récent"),
    "passkey-algorithm": Words(
        "the passkey is of an algorithm that this program does not know: ES256 and Ed25519 are expected",
        "la clé d’accès utilise un algorithme inconnu de ce programme : ES256 ou Ed25519 est attendu"),
    # the data of the browser, in the order in which they are checked
    "passkey-type": Words(
        "the browser asked the passkey for something else: another type is expected",
        "le navigateur a demandé autre chose à la clé d’accès : un autre type est attendu"),
    "passkey-challenge": Words(
        "the passkey signed something else: the challenge is another one",
        "la clé d’accès a signé autre chose : le défi est différent"),
    "passkey-client-data": Words(
        "the data of the browser are not in the form that WebAuthn promises",
        "les données du navigateur n’ont pas la forme que WebAuthn garantit"),
    "passkey-cross-origin": Words(
        "the page was inside a page of another origin",
        "la page était incluse dans une page d’une autre origine"),
    "passkey-origin": Words(
        "the passkey was used on a page of an origin that the record does not allow there",
        "la clé d’accès a été utilisée sur une page dont le registre n’autorise pas l’origine à ce moment"),
    # the data of the authenticator
    "passkey-authenticator-data": Words(
        "the data of the authenticator are not in the form of WebAuthn",
        "les données de l’authentificateur n’ont pas la forme de WebAuthn"),
    "passkey-rp-id": Words(
        "the passkey was used for another relying party than its own",
        "la clé d’accès a été utilisée pour une autre partie utilisatrice que la sienne"),
    "passkey-user-presence": Words(
        "the authenticator saw nobody present", "l’authentificateur n’a constaté la présence de personne"),
    "passkey-user-verification": Words(
        "the authenticator did not verify the person (PIN, fingerprint or face)",
        "l’authentificateur n’a pas vérifié la personne (code, empreinte ou visage)"),
    "passkey-backup-state": Words(
        "the authenticator says that a passkey is backed up that cannot be",
        "l’authentificateur déclare sauvegardée une clé d’accès qui ne peut l’être"),
    "passkey-backup-eligibility": Words(
        "whether the passkey can be synced is not what was enrolled",
        "la possibilité de synchroniser la clé d’accès n’est pas celle qui a été enregistrée"),
    "passkey-synced": Words(
        "in this role a synced passkey does not count: one that stays on one device is expected",
        "dans cette fonction, une clé d’accès synchronisée ne compte pas : il en faut une liée à un seul appareil"),
    "passkey-signature": Words(
        "the signature of the passkey does not hold", "la signature de la clé d’accès n’est pas valide"),
    # of an enrolment only
    "passkey-attestation": Words(
        "the attestation object is not in the form of WebAuthn",
        "l’objet d’attestation n’a pas la forme de WebAuthn"),
    "passkey-credential": Words(
        "the authenticator returned no credential, or one in another form than that of WebAuthn",
        "l’authentificateur n’a fourni aucune clé d’accès, ou sous une autre forme que celle de WebAuthn"),
}
# fmt: on

LATER_VERSION = ("passkey-version", "passkey-algorithm")
"""What these codes name is not false: it could not be checked."""


def fault(code: str) -> Unverifiable:
    """Return the error of a code."""
    says = FAULTS[code]
    return Unverifiable(code, says.en, says.fr)
