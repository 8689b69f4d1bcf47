"""Refusals of the console itself, before anything reaches the rules of the ledger."""

from typing import ClassVar

from ledger.domain.refusal import Refused
from ledger.words import Words


class ConsoleRefusal(Refused):
    """Something cannot be done at the console."""

    texts: ClassVar = {
        "not-allowed": Words(
            "this page is open to: {who}",
            "cette page est réservée à : {who}",
        ),
        "findings-unseen": Words(
            "what others found on this candidate is shown once you have signed your own findings",
            "les constats des autres sur cette candidature s’affichent une fois que vous avez signé les vôtres",
        ),
        "call-over": Words(
            "the call for nominations ended on {day}: write to the secretariat",
            "l’appel à candidatures a pris fin le {day} : écrivez au Secrétariat",
        ),
        "lists-too-many": Words(
            "you have {most} saved lists: remove one first",
            "vous avez {most} listes enregistrées : supprimez-en une d’abord",
        ),
        "link-not-valid": Words(
            "this link was used, is too old, or is not complete: ask for another one",
            "ce lien a déjà servi, a expiré ou est incomplet : demandez-en un autre",
        ),
        "answer-too-late": Words(
            "this took too long, or was sent already: try again",
            "le délai est dépassé, ou la réponse a déjà été envoyée : recommencez",
        ),
        "passkey-unknown": Words(
            "this passkey is not enrolled here, or has ended: choose another one, or ask the security officer",
            "cette clé d’accès n’est pas enregistrée ici, ou n’est plus active : choisissez-en une autre, ou "
            "adressez-vous à la personne responsable de la sécurité",
        ),
        "origin-not-allowed": Words(
            "no passkey can be used at {origin} yet: a director and a security officer allow this address first",
            "aucune clé d’accès ne peut encore servir à l’adresse {origin} : une personne de la direction et une "
            "personne responsable de la sécurité doivent d’abord l’autoriser",
        ),
        "adds-own-key": Words(
            "{person} has a passkey, and adds another on the page My keys; in place of lost keys two officers enrol "
            "one",
            "{person} a déjà une clé d’accès et en ajoute une autre sur la page « Mes clés » ; en cas de perte, deux "
            "responsables en enregistrent une",
        ),
        "no-passkey": Words(
            "you have no passkey for this address: sign with your key file on the command line",
            "vous n’avez pas de clé d’accès pour cette adresse : signez avec votre fichier de clé en ligne de commande",
        ),
        "no-enroller": Words(
            "somebody else must hold the role {role} to sign this enrolment",
            "une autre personne doit exercer la fonction {role} pour signer cet enregistrement",
        ),
        "founding-changed": Words(
            "the other founder has made another passkey since: read the page again before you sign",
            "l’autre personne fondatrice a créé une autre clé d’accès entre-temps : relisez la page avant de signer",
        ),
        "founding-signed": Words(
            "somebody has signed already, with the passkeys as they are",
            "la fondation est déjà signée par quelqu’un, avec les clés d’accès telles qu’elles sont",
        ),
        "no-registrar": Words(
            "nobody else is a registrar who could sign this now: write to the secretariat",
            "aucun autre responsable du registre ne peut signer cela pour l’instant : écrivez au Secrétariat",
        ),
    }
