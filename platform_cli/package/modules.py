"""What a module imports and defines, read from its text; nothing is run.

Only what Python would do in any case counts: imports under `TYPE_CHECKING` are left out, and those that
the code itself says may fail (`try` … `except ImportError`, a test of the Python version) are optional.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platform_cli.package.archives import Entry

_ALLOWS_FAILURE = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
# With these a module can define names that its text does not show.
_DEFINES_UNSEEN = frozenset({"exec", "globals", "setattr", "vars"})


@dataclass(frozen=True)
class Import:
    """An import statement, with the absolute name of the module.

    Attributes:
        module: Dotted.
        names: What is taken from it; empty for a plain `import`.
        line: From 1.
        column: From 1.
        optional: Whether the code goes on without it.
    """

    module: str
    names: tuple[str, ...]
    line: int
    column: int
    optional: bool


@dataclass(frozen=True)
class Module:
    """A module of the service or of a library of its.

    Attributes:
        name: Dotted.
        path: Its file.
        is_package: Whether the file is an `__init__.py`.
    """

    name: str
    path: Path
    is_package: bool


@dataclass(frozen=True)
class Contents:
    """What the text of a module says."""

    imports: tuple[Import, ...]
    names: frozenset[str]
    open: bool
    """Whether it may define more names than can be seen."""


@dataclass(frozen=True)
class OwnCode:
    """The modules that a service is packed with; `packages` has every folder, with or without `__init__`."""

    modules: Mapping[str, Module]
    packages: frozenset[str]

    @classmethod
    def of(cls, entries: tuple[Entry, ...]) -> OwnCode:
        """From the files of the code zip."""
        modules: dict[str, Module] = {}
        packages: set[str] = set()
        for entry in entries:
            *folders, file = entry.name.split("/")
            packages.update(".".join(folders[: i + 1]) for i in range(len(folders)))
            if file.endswith(".py"):
                is_package = file == "__init__.py"
                name = ".".join([*folders] if is_package else [*folders, file.removesuffix(".py")])
                modules[name] = Module(name, entry.path, is_package)
        return cls(modules, frozenset(packages))

    def __contains__(self, name: str) -> bool:
        return name in self.modules or name in self.packages


def parse_module(module: Module, python: tuple[int, int]) -> Contents:
    """Read a module.

    Args:
        module: Whose file to read.
        python: The version whose grammar to allow, as far as the running Python knows it.

    Raises:
        SyntaxError: With line and column.
    """
    source = module.path.read_bytes()
    try:
        tree = ast.parse(source, filename=str(module.path), feature_version=python)
    except ValueError as error:  # null bytes, before Python 3.12
        raise SyntaxError(str(error)) from error
    reader = _Reader(module)
    reader.visit(tree)
    return Contents(tuple(reader.imports), frozenset(reader.names), reader.open)


@dataclass
class _Reader(ast.NodeVisitor):
    module: Module
    imports: list[Import] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    open: bool = False
    _optional: int = 0
    _inside: int = 0
    """How many functions and classes deep: what they define is not the module's."""

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._found(alias.name, (), node)
            self._define(alias.asname or alias.name.split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        names = tuple(alias.name for alias in node.names if alias.name != "*")
        self._found(self._absolute(node), names, node)
        if len(names) < len(node.names) and not self._inside:
            self.open = True
        for alias in node.names:
            self._define(alias.asname or alias.name)

    def visit_If(self, node: ast.If) -> None:
        if _tests_type_checking(node.test):
            for child in node.orelse:
                self.visit(child)
            return
        self._optional += (depends := _tests_the_machine(node.test))
        self.generic_visit(node)
        self._optional -= depends

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        allowed = any(_allows_failure(handler) for handler in node.handlers)
        self._optional += allowed
        for child in node.body:
            self.visit(child)
        self._optional -= allowed
        for rest in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(rest)

    visit_TryStar = visit_Try

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._define(node.name)
        if node.name == "__getattr__" and not self._inside:
            self.open = True
        self._inside += 1
        self.generic_visit(node)
        self._inside -= 1

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_ClassDef = visit_FunctionDef

    def visit_Global(self, node: ast.Global) -> None:
        self.names.update(node.names)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._define(node.id)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._define(node.name)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _DEFINES_UNSEEN:
            self.open = True
        self.generic_visit(node)

    def _define(self, name: str) -> None:
        if not self._inside:
            self.names.add(name)

    def _found(self, module: str, names: tuple[str, ...], node: ast.stmt) -> None:
        self.imports.append(Import(module, names, node.lineno, node.col_offset + 1, self._optional > 0))

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.module.name.split(".")
        up = node.level - 1 if self.module.is_package else node.level
        base = parts[: len(parts) - up] if up < len(parts) else []
        return ".".join([*base, *([node.module] if node.module else [])])


def parents(module: str) -> Iterator[str]:
    """`a`, `a.b`, `a.b.c` for `a.b.c`: what Python imports on the way."""
    parts = module.split(".")
    return (".".join(parts[: i + 1]) for i in range(len(parts)))


def _tests_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


def _tests_the_machine(test: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("sys", "version_info"), ("sys", "platform"), ("os", "name")}
        for node in ast.walk(test)
    )


def _allows_failure(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _ALLOWS_FAILURE for kind in kinds)
