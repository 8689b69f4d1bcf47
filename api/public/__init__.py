"""Public pages: read-only, in English and French, for people and for programs."""

from api.public import about, advisors, certificates, log, sharing

routers = (about.router, advisors.router, certificates.router, log.router, sharing.router)
