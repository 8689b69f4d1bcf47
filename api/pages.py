"""Pages: templates in both languages, and responses that caches and browsers understand."""

import gettext
from collections.abc import Awaitable, Callable
from functools import cache, lru_cache, partial, wraps
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from typing import Annotated, Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from fastapi import Header, Request
from jinja2 import PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.constants import WithConstants
from api.looks import Looks
from api.negotiation import HTML, JSON, language, preferred
from api.register import Register
from api.static_files import StaticFiles
from api.turns import Turns
from ledger.domain.certificate_status import status_label
from ledger.words import COLON, LANGUAGES, Language, day_in_words, moment_in_words

POSITION = "Ledger-Position"  # for how many entries of the log a response speaks, or must speak at least
FRESH = "public, max-age=10, must-revalidate"  # seconds for which a cache may serve a status

# Other sites may show a public picture, as they may read everything public; pages and the rest are not for embedding.
EMBEDDABLE = {"Cross-Origin-Resource-Policy": "cross-origin"}

P = ParamSpec("P")
TEXTS = 4096  # that are remembered of each kind: days, moments, numbers, and what the templates say

LANGUAGE_COOKIE = "__Secure-pca-ledger-language"
NAMES: dict[Language, str] = {"en": "English", "fr": "Français"}


class Pages:
    """The templates, with the translations compiled in memory."""

    def __init__(self, register: Register) -> None:
        self._register = register
        settings = register.settings
        self.static, self._environments = templates_of(
            settings.looks, settings.base_url, settings.official, register.is_simulated
        )

    def render(self, template: str, request: Request, chosen: Language, **context: Any) -> bytes:
        """Returns one page in one language."""
        register = self._register
        # The page after a POST has no address at which the other language could be read.
        others = LANGUAGES if request.method == "GET" else ()
        asked = [(name, text) for name, text in request.query_params.multi_items() if name != "lang"]
        page = self._environments[chosen].get_template(template)
        return page.render(
            **context,
            names=NAMES,
            alternates={other: urlencode([*asked, ("lang", other)]) for other in others},
            path=request.url.path,
            body_name=register.name.into(chosen),
            being_witnessed=register.being_witnessed(),
            has_console=getattr(request.app.state, "console", None) is not None,
            is_demonstrated=getattr(request.app.state, "is_demonstrated", False),
        ).encode()


def pages_of(request: Request) -> Pages:
    """Returns the pages of the application that handles a request."""
    return cast(Pages, request.app.state.pages)


def register_of(request: Request) -> Register:
    """Returns the register of the application that handles a request, current as of that request.

    Its read models hold all that was public when the register was first asked for; the response says so. Raises
    ``Behind``, after a wait: so a thread asks first, never the event loop.
    """
    if not hasattr(request.state, "position"):
        request.state.position = register_as_it_is(request).models.current()
    return register_as_it_is(request)


def at_one_moment(
    handler: Callable[Concatenate[Request, P], Response],
) -> Callable[Concatenate[Request, P], Awaitable[Response]]:
    """A handler that takes turns with others, and whose questions to the read models are one transaction.

    Like ``register_of``, it waits for read models that are behind: that is part of its turn, because the next in line
    would wait for the same.
    """

    def made(request: Request, *arguments: P.args, **named: P.kwargs) -> Response:
        with register_as_it_is(request).models.at_one_moment() as position:
            request.state.position = position
            return handler(request, *arguments, **named)

    @wraps(handler)
    async def handled(request: Request, *arguments: P.args, **named: P.kwargs) -> Response:
        turns: Turns = request.app.state.turns
        return await turns.take(partial(made, request, *arguments, **named))

    return cast(Callable[Concatenate[Request, P], Awaitable[Response]], handled)  # FastAPI names the request


async def reach(
    request: Request,
    at_least: Annotated[
        str,
        Header(
            alias=POSITION,
            pattern="^(0|[1-9][0-9]{0,18})$",
            description="Answer for at least so many entries of the log, such as a response said that recorded one.",
        ),
    ] = "0",
) -> None:
    """Waits until the read models hold as many entries as the request names. Raises ``Behind`` after a while."""
    if wanted := int(at_least):
        request.state.position = await run_in_threadpool(register_as_it_is(request).models.current, wanted)


def register_as_it_is(request: Request) -> Register:
    """Returns the same for what does not depend on the read models: the log itself, and how the register does."""
    return cast(Register, request.app.state.register)


def language_of(request: Request) -> Language:
    """Returns the language of the response. The cookie is sent to the console only, whose pages no cache keeps."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return language(chosen, request.headers.get("accept-language"))


def wants_html(request: Request) -> bool:
    """Whether a page is wanted: ``?format=`` says so, or the Accept header. Programs get JSON by default."""
    chosen = request.query_params.get("format")
    if chosen in ("html", "json"):
        return chosen == "html"
    return preferred(request.headers.get("accept"), (JSON, HTML)) == HTML


def page(request: Request, template: str, **context: Any) -> Response:
    """Returns a page as a response."""
    chosen = language_of(request)
    return respond(request, pages_of(request).render(template, request, chosen, **context), HTML, chosen)


def page_or_json(request: Request, view: BaseModel, template: str, **context: Any) -> Response:
    """Returns a view as a page for people, or as JSON for programs."""
    if wants_html(request):
        return page(request, template, **context)
    return respond(request, view.model_dump_json().encode(), JSON)


def respond(
    request: Request, body: bytes, media_type: str, chosen: Language | None = None, *, cached: str = FRESH
) -> Response:
    """Returns a response with a validator, or 304 if the client has it already (RFC 9110, 13)."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": cached, "Vary": f"Accept, Accept-Language, {POSITION}"}
    if chosen is not None:
        headers["Content-Language"] = chosen
    known = request.headers.get("if-none-match", "")
    if known == "*" or etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


@lru_cache(8)
def templates_of(
    looks: Looks, base_url: str, official: bool, simulated: bool
) -> tuple[StaticFiles, dict[Language, WithConstants]]:
    """Returns the static files of a register, and its templates by language: equal registers compile them once."""
    static = StaticFiles(looks)
    environments: dict[Language, WithConstants] = {}
    for chosen in LANGUAGES:
        other = "fr" if chosen == "en" else "en"
        made = environment(chosen, other=other, looks=looks, base_url=base_url, official=official, simulated=simulated)
        made.add_functions(static=static.address)
        environments[chosen] = made
    return static, environments


def environment(chosen: Language, **constants: object) -> WithConstants:
    """Returns the templates in one language, in which ``constants`` never change."""
    made = WithConstants(
        {"language": chosen, "colon": COLON.into(chosen), **constants},
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,  # of templates: all of them
    )
    translations = translations_into(chosen)
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    gettext = _remembered(translations)
    made.add_functions(_=gettext, gettext=gettext)
    made.add_choice("in_language", LANGUAGES.index(chosen))
    made.filters["day"] = lru_cache(TEXTS)(lambda day: day_in_words(day).into(chosen))
    made.filters["number"] = lru_cache(TEXTS)(lambda number: format_decimal(number, locale=chosen))
    made.filters["status_word"] = lru_cache(TEXTS)(lambda status: status_label(status).into(chosen))
    made.filters["moment"] = lru_cache(TEXTS)(lambda moment: moment_in_words(moment).into(chosen))
    return made


def _remembered(translations: gettext.NullTranslations) -> Callable[..., Markup]:
    """Returns what the extension's ``gettext`` returns; each text is looked up once, where it would take 15 us."""
    text = lru_cache(TEXTS)(lambda message: Markup(translations.gettext(message)))  # noqa: S704 - of our own catalogue
    plain = lru_cache(TEXTS)(lambda message: text(message) % {})
    return lambda message, **variables: text(message) % variables if variables else plain(message)


class English(gettext.NullTranslations):
    """The texts as the templates have them, with typographic apostrophes."""

    def gettext(self, message: str) -> str:
        return message.replace("'", "’")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def translations_into(chosen: Language) -> gettext.NullTranslations:
    """Returns the translations of the pages; into English, in which the templates are written, those of spelling."""
    if chosen == "en":
        return English()
    catalogue = read_po(BytesIO(files("api").joinpath("i18n/fr.po").read_bytes()), locale="fr")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
