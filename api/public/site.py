"""What browsers ask of any site: its static files."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.pages import pages_of

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """A static file."""
    response = pages_of(request).static.response(name)
    if response is None:
        raise HTTPException(404)
    return response
