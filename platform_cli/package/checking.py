"""Find handlers that would fail to import, before they are deployed; nothing is run."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from platform_cli.blueprint.resolved import Architecture, ResolvedFunction, ResolvedService
from platform_cli.errors import Place, PlatformError
from platform_cli.package.modules import Contents, Import, Module, OwnCode, parents, parse_module
from platform_cli.package.platforms import PROVIDED_MODULES, Platform
from platform_cli.package.project import read_projects
from platform_cli.package.sources import list_sources
from platform_cli.package.standard_library import left_in, standard_modules

Layers = Mapping[tuple[str, Architecture], tuple[Platform, frozenset[str]]]
"""By runtime and architecture: where the function runs, and what its layer lets it import."""

# Distributions whose name is not that of what they let one import.
_DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dotenv": "python-dotenv",
    "google": "google-…",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


class HandlersInvalid(PlatformError):
    """Handlers that cannot be imported; `problems` has each by itself, the message all of them."""

    def __init__(self, problems: tuple[PlatformError, ...]) -> None:
        first, *others = problems
        more = "".join(f"\n{_sentence(problem)}" for problem in others)
        super().__init__(first.message + more, hint=first.hint, code=first.code, where=first.where)
        self.problems = problems


def check_handlers(service: ResolvedService, root: Path, layers: Layers | None = None) -> None:
    """See that each handler of a service exists and that all it imports can be found.

    Args:
        service: The service.
        root: The workspace; places in errors are relative to it.
        layers: What can be imported beside own code; None leaves third-party imports unjudged.

    Raises:
        HandlersInvalid: With codes `handler-module-missing`, `handler-missing`, `handler-syntax`,
            `import-missing`.
        PlatformError: The service's folder is missing or broken.
    """
    problems = find_handler_problems(service, root, layers)
    if problems:
        raise HandlersInvalid(problems)


def find_handler_problems(
    service: ResolvedService, root: Path, layers: Layers | None = None
) -> tuple[PlatformError, ...]:
    """All that `check_handlers` would raise for, each once."""
    code = OwnCode.of(list_sources(read_projects(root / service.path)))
    texts: dict[tuple[int, int], _Texts] = {}
    found: dict[tuple[str, str], PlatformError] = {}
    for function in service.functions.values():
        python, modules = sys.version_info[:2], None
        if layers is not None:
            platform, modules = layers[(function.runtime, function.architecture)]
            python = platform.python
        if python not in texts:
            texts[python] = _Texts(code, python)
        for problem in _Check(function, texts[python], root, modules).problems():
            found.setdefault((problem.message, str(problem.where)), problem)
    return tuple(found.values())


class _Texts:
    """The own modules of a service, each read once for all functions that run on one Python."""

    def __init__(self, code: OwnCode, python: tuple[int, int]) -> None:
        self.code = code
        self.python = python
        self._parsed: dict[str, Contents | SyntaxError] = {}

    def parse(self, module: Module) -> Contents | SyntaxError:
        if module.name not in self._parsed:
            try:
                self._parsed[module.name] = parse_module(module, self.python)
            except SyntaxError as error:
                self._parsed[module.name] = error
        return self._parsed[module.name]


class _Check:
    """The check of one function."""

    def __init__(
        self,
        function: ResolvedFunction,
        texts: _Texts,
        root: Path,
        third_party: frozenset[str] | None,
    ) -> None:
        self._function = function
        self._code = texts.code
        self._parse = texts.parse
        self._root = root
        self._python = texts.python
        self._standard = standard_modules(texts.python)
        self._third_party = third_party

    def problems(self) -> Iterator[PlatformError]:
        module_name, _, attribute = self._function.handler.rpartition(".")
        module = self._code.modules.get(module_name)
        if module is None:
            yield self._no_module(module_name)
            return
        for reached in self._reachable(module):
            yield from self._judge_module(reached)
        contents = self._parse(module)
        if isinstance(contents, Contents) and not contents.open and attribute not in contents.names:
            yield self._no_attribute(module, attribute, contents)

    def _reachable(self, start: Module) -> Iterator[Module]:
        """The own modules that importing `start` runs, each once."""
        waiting = [self._code.modules[name] for name in parents(start.name) if name in self._code.modules]
        seen: set[str] = set()
        while waiting:
            module = waiting.pop()
            if module.name in seen:
                continue
            seen.add(module.name)
            yield module
            contents = self._parse(module)
            if isinstance(contents, Contents):
                waiting.extend(found for statement in contents.imports for found in self._imported(statement))

    def _judge_module(self, module: Module) -> Iterator[PlatformError]:
        contents = self._parse(module)
        if isinstance(contents, SyntaxError):
            # The grammar may have grown since the Python that runs this: then it is not ours to judge.
            if self._python <= sys.version_info[:2]:
                yield self._syntax(module, contents)
            return
        for statement in contents.imports:
            problem = None if statement.optional else self._judge(statement, module)
            if problem is not None:
                yield problem

    def _imported(self, statement: Import) -> Iterator[Module]:
        """The own modules that an import runs."""
        submodules = (f"{statement.module}.{name}" for name in statement.names)
        for name in (*parents(statement.module), *submodules):
            if name in self._code.modules:
                yield self._code.modules[name]

    def _judge(self, statement: Import, module: Module) -> PlatformError | None:
        top = statement.module.split(".")[0]
        if top in self._code:
            shared = top not in self._code.modules and top in (self._third_party or ())
            return None if shared else self._judge_own(statement, module)
        if top in self._standard or top in PROVIDED_MODULES:
            return None
        if self._third_party is None or top in self._third_party:
            return None
        version = ".".join(str(number) for number in self._python)
        if left_in(top) is not None:
            hint = f"it left the standard library with Python {left_in(top)}, and {version} runs here"
        else:
            name = _DISTRIBUTIONS.get(top, top.replace("_", "-"))
            hint = (
                f'add "{name}" to `dependencies` in {self._function.service}\'s pyproject.toml '
                f"and run `platform lock {self._function.service}`"
            )
        message = (
            f'{self._function.service} imports "{statement.module}", which is not among its dependencies'
        )
        return self._error("import-missing", message, hint, module, statement.line, statement.column)

    def _judge_own(self, statement: Import, module: Module) -> PlatformError | None:
        for name in parents(statement.module):
            if name not in self._code:
                message = f'{self._function.service} imports "{statement.module}", but there is no {name}'
                hint = _nearest(name, sorted({*self._code.modules, *self._code.packages}))
                return self._error("import-missing", message, hint, module, statement.line, statement.column)
        for name in statement.names:
            if f"{statement.module}.{name}" in self._code:
                continue
            known = self._names_of(statement.module)
            if known is not None and name not in known:
                message = f'{self._function.service} imports "{name}" from {statement.module}, which has none'
                hint = _nearest(name, sorted(known))
                return self._error("import-missing", message, hint, module, statement.line, statement.column)
        return None

    def _names_of(self, module_name: str) -> frozenset[str] | None:
        """What can be taken from an own module; None if that cannot be said."""
        module = self._code.modules.get(module_name)
        if module is None:
            return frozenset()
        contents = self._parse(module)
        if isinstance(contents, SyntaxError) or contents.open:
            return None
        return contents.names | {"__name__", "__file__", "__doc__", "__path__"}

    def _syntax(self, module: Module, error: SyntaxError) -> PlatformError:
        version = ".".join(str(number) for number in self._python)
        message = f"{self._file(module)} is not valid Python {version}: {error.msg}"
        return self._error("handler-syntax", message, None, module, error.lineno, error.offset)

    def _no_module(self, module_name: str) -> PlatformError:
        known = sorted(self._code.modules)
        return PlatformError(
            f'{self._function.address} has the handler "{self._function.handler}", '
            f'but there is no module "{module_name}"',
            hint=_nearest(module_name, known)
            or "write the dotted name of a module below src/, and a function in it",
            code="handler-module-missing",
            where=f"services.{self._function.service}.functions.{self._function.name}.handler",
        )

    def _no_attribute(self, module: Module, attribute: str, contents: Contents) -> PlatformError:
        message = f'{self._function.address} has the handler "{attribute}", which {self._file(module)} lacks'
        hint = _nearest(attribute, sorted(contents.names)) or f"define it: `def {attribute}(event, context):`"
        return self._error("handler-missing", message, hint, module, 1, None)

    def _error(
        self, code: str, message: str, hint: str | None, module: Module, line: int | None, column: int | None
    ) -> PlatformError:
        place = Place(self._file(module), line, column)
        return PlatformError(message, hint=hint, code=code, where=place)

    def _file(self, module: Module) -> str:
        relative = os.path.relpath(module.path.resolve(), self._root.resolve())
        return Path(relative).as_posix()


def _nearest(name: str, known: list[str]) -> str | None:
    matches = difflib.get_close_matches(name, known, n=1)
    return f'did you mean "{matches[0]}"?' if matches else None


def _sentence(problem: PlatformError) -> str:
    where = f" ({problem.where})" if problem.where else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    return f"{problem.message}{where}{hint}"
