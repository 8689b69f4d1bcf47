"""What is the same on every page is in a template when it is compiled, and the page is the same."""

import pytest
from jinja2 import DictLoader, StrictUndefined, TemplateAssertionError
from markupsafe import Markup

from api.constants import WithConstants

CONSTANTS = {"language": "fr", "official": False, "looks": {"colour": "#fff", "logo": object()}}


def made(template: str, **constants: object) -> WithConstants:
    environment = WithConstants(
        constants, loader=DictLoader({"page": template}), autoescape=True, undefined=StrictUndefined
    )
    environment.add_functions(_=lambda text, **variables: Markup("<i>{}</i>").format(text) % variables)
    environment.add_choice("in_language", 1)
    return environment


@pytest.mark.parametrize(
    "template",
    [
        '{{ _("a") }}{{ language }}{{ _("b %(c)s", c=d) }}',
        "{% if not official %}<p>{{ _('a') }}</p>{% endif %}{{ d }}",
        "{% if official %}1{% elif d %}2{% else %}3{% endif %}",
        "{% if d %}1{% elif official %}2{% elif language %}{{ _('a') }}{% else %}3{% endif %}",
        "{% if language %}1{% elif d %}2{% else %}3{% endif %}{% if official %}4{% else %}{{ d }}{% endif %}",
        "{% if looks.logo %}{{ looks.colour }}{% endif %}{{ looks.nothing is defined }}",
        '{{ in_language(("<1>", "<2>")) }}{{ in_language((d, d ~ 2)) }}{{ in_language(pair) }}',
        "{% macro m(x) %}{{ x }}{{ language }}{% endmacro %}{% for x in pair %}{{ m(x) }}{% if official %}-{% endif %}{% endfor %}",
    ],
)
def test_a_page_is_the_same_whether_it_is_told_once_or_each_time(template: str) -> None:
    told = {"d": "<d>", "pair": ("e", "&")}
    expected = made(template).get_template("page").render(**CONSTANTS, **told)
    assert made(template, **CONSTANTS).get_template("page").render(**told) == expected


def test_texts_and_what_is_between_them_become_one() -> None:
    environment = made("<p>{{ _('a') }} {% if official %}x{% else %}{{ language }}{% endif %}</p>", **CONSTANTS)
    page = environment.get_template("page")
    assert list(page.root_render_func(page.new_context())) == ["<p><i>a</i> fr</p>"]


@pytest.mark.parametrize("template", ["{% set language = 1 %}", "{% for _ in (1, 2) %}{% endfor %}"])
def test_no_template_gives_a_constant_another_meaning(template: str) -> None:
    with pytest.raises(TemplateAssertionError, match="the same on every page"):
        made(template, **CONSTANTS).get_template("page")
