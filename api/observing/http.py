"""``/livez``, ``/readyz`` and ``/metrics``: for supervisors, load balancers and Prometheus."""

from ipaddress import ip_address
from typing import cast

import msgspec
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from api.negotiation import JSON
from api.observing.measures import Measures
from api.observing.readiness import Gauge
from api.pages import register_as_it_is

router = APIRouter(tags=["operation"])
NOT_STORED = {"Cache-Control": "no-store"}
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@router.get("/livez", response_class=PlainTextResponse)
async def alive(request: Request) -> Response:
    """Returns 200 while the process answers. It reads nothing: restart a process that does not answer."""
    return PlainTextResponse("ok\n", headers=NOT_STORED)


@router.get("/readyz", response_class=Response)
async def ready(request: Request) -> Response:
    """Returns 200 when this process can answer truthfully, otherwise 503. Each measurement is stated with its limit."""
    readiness = await cast(Gauge, request.app.state.gauge).readiness()
    return Response(msgspec.json.encode(readiness), 200 if readiness.ready else 503, NOT_STORED, JSON)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Returns the measurements of this process for Prometheus, to programs on the same machine unless set otherwise."""
    if not _may_measure(request):
        raise HTTPException(404)
    gauge, measures = cast(Gauge, request.app.state.gauge), cast(Measures, request.app.state.measures)
    measured = await gauge.read(gauge.measure)
    return Response(measures.text(measured), headers=NOT_STORED, media_type=CONTENT_TYPE_LATEST)


def _may_measure(request: Request) -> bool:
    """Whether the setting admits the client. A request that a proxy passed on is not of this machine."""
    setting = register_as_it_is(request).settings.metrics
    if setting != "local":
        return setting == "all"
    try:
        is_local = ip_address("" if request.client is None else request.client.host).is_loopback
    except ValueError:
        return False
    return is_local and not any(name in request.headers for name in FORWARDED)
