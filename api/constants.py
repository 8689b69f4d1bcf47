"""Writes into a template, when it is compiled, what is the same each time it is rendered: texts, settings, addresses.

The texts of a page are looked up in the catalogue of its language, and joined with the HTML between them, once for all
requests, and a section that a register never shows is left out. What a template says stays the same: see
:func:`api.pages.environment` for what is constant.
"""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from jinja2 import Environment, TemplateAssertionError, nodes
from jinja2.compiler import has_safe_repr
from jinja2.visitor import NodeTransformer


class WithConstants(Environment):
    """An environment whose templates know ``constants`` and the results of ``functions`` when they are compiled.

    A function returns the same for the same arguments. Both are globals too, for what can only be known later. Raises
    ``TemplateAssertionError`` for a template that gives one of these names to something else.
    """

    def __init__(self, constants: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self._constants = constants
        self.functions: dict[str, Callable[..., object]] = {}
        self.choices: dict[str, int] = {}
        self.globals.update(constants)

    def add_functions(self, **functions: Callable[..., object]) -> None:
        """Adds functions; templates that were compiled before call them when they are rendered."""
        self.functions |= functions
        self.globals.update(functions)

    def add_choice(self, name: str, place: int) -> None:
        """Adds a function that returns what is at this place of a tuple."""
        self.choices[name] = place
        self.globals[name] = itemgetter(place)

    def compile(self, source: Any, *arguments: Any, **options: Any) -> Any:
        template = self.parse(source, *arguments[:2]) if isinstance(source, str) else source
        return super().compile(_Writer(self, self._constants).visit(template), *arguments, **options)


class _Writer(NodeTransformer):
    """Replaces expressions by what they are, and sections under a condition by the one that is shown."""

    def __init__(self, environment: WithConstants, constants: Mapping[str, Any]) -> None:
        self._environment, self._constants = environment, constants
        self._taken = constants, environment.functions, environment.choices

    def generic_visit(self, node: nodes.Node, *arguments: Any, **options: Any) -> nodes.Node:
        node = super().generic_visit(node, *arguments, **options)
        for field, value in node.iter_fields():
            if isinstance(value, list):
                setattr(node, field, _joined(value))
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802 - Jinja's
        if node.ctx != "load" and any(node.name in names for names in self._taken):
            raise TemplateAssertionError(f"{node.name} is the same on every page", node.lineno)
        return self._known(node)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Expr:  # noqa: N802 - Jinja's
        return self._known(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - Jinja's
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        match node.args:
            case [nodes.Tuple(items=items)] if name in self._environment.choices:
                return items[self._environment.choices[name]]
        function = self._environment.functions.get(name)
        if function is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        try:
            given = [argument.as_const() for argument in node.args]
        except nodes.Impossible:
            return node
        return _written(node, function(*given))

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:  # noqa: N802 - Jinja's
        try:
            is_shown = bool(self._value(node.test))
        except nodes.Impossible:
            return self._visited(node)
        if not is_shown and node.elif_:
            return self._visited(node)
        shown = node.body if is_shown else node.else_
        return [found for one in shown for found in self.visit_list(one)]

    def _visited(self, node: nodes.If) -> nodes.If:
        """Returns a condition with its parts replaced: each of its ``elif`` stays one."""
        others, node.elif_ = node.elif_, []
        self.generic_visit(node)
        for other in others:
            self.generic_visit(other)
        node.elif_ = others
        return node

    def _known(self, node: nodes.Expr) -> nodes.Expr:
        try:
            return _written(node, self._value(node))
        except nodes.Impossible:
            self.generic_visit(node)
            return node

    def _value(self, node: nodes.Node) -> Any:
        """Returns what an expression of constants and their attributes is. Raises ``Impossible`` for any other."""
        match node:
            case nodes.Name() if node.name in self._constants:
                return self._constants[node.name]
            case nodes.Getattr():
                return self._environment.getattr(self._value(node.node), node.attr)
            case nodes.Not():
                return not self._value(node.node)
        raise nodes.Impossible


def _written(node: nodes.Expr, value: object) -> nodes.Expr:
    """Returns a value as a template has it, or the expression where there is no way to write it."""
    return nodes.Const(value, lineno=node.lineno, environment=node.environment) if has_safe_repr(value) else node


def _joined(found: list[Any]) -> list[Any]:
    """Returns nodes with outputs that follow one another as one, so that what is constant in them becomes one text."""
    joined = list[Any]()
    for node in found:
        if isinstance(node, nodes.Output) and joined and isinstance(joined[-1], nodes.Output):
            joined[-1].nodes.extend(node.nodes)
        else:
            joined.append(node)
    return joined
