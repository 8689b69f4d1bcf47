"""A witness over HTTP (c2sp.org/tlog-witness): it cosigns checkpoints, and serves what it has seen."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api import logs
from api.doors.bodies import Bodies
from api.doors.deadlines import Deadlines
from api.witness.store import Witness
from ledger.log.witness import MAX_REQUEST_BYTES, SIZE_TYPE, Refusal


def create_app(witness: Witness) -> Starlette:
    """Returns the application of one witness."""

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_REQUEST_BYTES:
                return PlainTextResponse(f"expected at most {MAX_REQUEST_BYTES} bytes\n", 413)
        try:
            lines = await run_in_threadpool(witness.add_checkpoint, body)
        except Refusal as refusal:
            if refusal.status == 403 or refusal.is_conflict:
                logs.security("checkpoint-forged", code=refusal.status)
            if refusal.size is not None:
                return Response(f"{refusal.size}\n", refusal.status, {"Content-Type": SIZE_TYPE})  # without a charset
            return PlainTextResponse(f"{refusal}\n", refusal.status)
        return PlainTextResponse("".join(map(str, lines)))

    def latest(request: Request) -> Response:
        return cosigned(request.path_params["origin"])

    def latest_by_hash(request: Request) -> Response:
        return cosigned(witness.origin(request.path_params["digest"]))

    def cosigned(origin: str | None) -> Response:
        note = None if origin is None else witness.latest(origin)
        return PlainTextResponse("no such log\n", 404) if note is None else PlainTextResponse(note)

    def refused(request: Request) -> Response:
        return PlainTextResponse("\n".join(witness.refused(request.path_params["origin"])))

    def about(_: Request) -> Response:
        lines = [f"witness {key}" for key in (witness.verifier_key, witness.verifier_key_ml_dsa)]
        for origin, keys in witness.logs.items():
            lines += [f"log {key}" if key.name == origin else f"log {key} {origin}" for key in keys]
        return PlainTextResponse("\n".join(lines) + "\n")

    application = Starlette(
        middleware=[
            Middleware(Bodies),
            Middleware(Deadlines, late=lambda _: PlainTextResponse("too late\n", 503)),
        ],
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/cosigned/{origin:path}", latest),
            Route("/refused/{origin:path}", refused),
            Route("/{digest}/checkpoint", latest_by_hash),
            Route("/", about),
        ],
    )
    application.router.redirect_slashes = False  # it would lead to whatever host a client names
    return application
