"""The secretariat's console: the work on a certification, in a browser.

Each area is a folder with its routes, its forms and its views. Who may open which page is one table,
:mod:`api.console.permissions`. A page that changes something files a command or adds a signature, as the API does: the
rules decide, and nothing is recorded that an officer has not signed.
"""

from api.console.access.keys import keys
from api.console.access.routes import access
from api.console.candidates.routes import candidates
from api.console.cases.routes import cases
from api.console.certifications.routes import certifications
from api.console.commands.routes import commands
from api.console.development.routes import development
from api.console.history.past import past
from api.console.history.routes import history
from api.console.holders.routes import holders
from api.console.impartiality.routes import impartiality
from api.console.imports.routes import imports
from api.console.inbox.routes import inbox
from api.console.members.mission_routes import member_missions
from api.console.members.routes import members
from api.console.missions.routes import missions
from api.console.notices.routes import notices
from api.console.officers.routes import officers
from api.console.schemes.routes import schemes
from api.console.sheets.correcting import corrections
from api.console.sheets.routes import sheets
from api.console.workshops.deciding import decisions
from api.console.workshops.preparation_routes import preparation
from api.console.workshops.routes import workshops

routers = (
    access,
    keys,
    commands,
    inbox,
    officers,
    workshops,
    decisions,
    preparation,
    candidates,
    impartiality,
    certifications,
    missions,
    cases,
    schemes,
    sheets,
    corrections,
    history,
    past,
    imports,
    notices,
    holders,
    members,
    member_missions,
    development,
)
