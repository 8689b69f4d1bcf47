"""Public pages: read-only, in English and French, for people and for programs."""

from api.public import about, advisors, certificates, documents, identity, log, verify

# Certificates come before documents: ``.bundle.json`` and ``.zip`` are no forms.
routers = (
    about.router,
    advisors.router,
    certificates.router,
    documents.router,
    identity.router,
    log.router,
    verify.router,
)
