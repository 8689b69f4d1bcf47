"""Public pages: read-only, in English and French, for people and for programs."""

from api.public import about, advisors, certificates, documents, identity, log, sharing, site, verify, wallet

# Documents come before certificates: ``.pdf`` is no part of a number.
routers = (
    about.router,
    advisors.router,
    documents.router,
    certificates.router,
    identity.router,
    log.router,
    sharing.router,
    site.router,
    verify.router,
    wallet.router,
)
