"""A workspace with services, and a package index that is a folder of tiny wheels: no network is used."""

from __future__ import annotations

import base64
import hashlib
import os
import textwrap
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, ResolvedService

WriteFiles = Callable[[Mapping[str, str]], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def write(root: Path) -> WriteFiles:
    """Write files of the workspace, by path and text."""
    return lambda files: write_files(root, files)


def write_files(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put a wheel into the index: its name, version, tag, requirements and files."""
    index = tmp_path / "index"
    index.mkdir()
    configuration = tmp_path / "uv.toml"
    configuration.write_text(f'[[index]]\nurl = "{index.as_uri()}"\ndefault = true\n')
    monkeypatch.setenv("UV_CONFIG_FILE", os.fspath(configuration))
    monkeypatch.setenv("UV_CACHE_DIR", os.fspath(tmp_path / "uv-cache"))

    def put(
        name: str,
        version: str = "1.0",
        tag: str = "py3-none-any",
        requires: tuple[str, ...] = (),
        files: Mapping[str, str] | None = None,
    ) -> Path:
        distribution = name.replace("-", "_")
        notes = f"{distribution}-{version}.dist-info"
        requirements = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
        content = {
            **(files or {f"{distribution}/__init__.py": f"VERSION = {version!r}\n"}),
            f"{notes}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requirements}",
            f"{notes}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        }
        record = "".join(f"{file},{_digest(text)},{len(text.encode())}\n" for file, text in content.items())
        path = index / name / f"{distribution}-{version}-{tag}.whl"
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for file, text in {**content, f"{notes}/RECORD": f"{record}{notes}/RECORD,,\n"}.items():
                archive.writestr(zipfile.ZipInfo(file), text)
        # A page of the simple index: with hashes, as a lock for every platform needs them.
        links = (
            f'<a href="{other.name}#sha256={hashlib.sha256(other.read_bytes()).hexdigest()}">{other.name}</a>'
            for other in sorted(path.parent.glob("*.whl"))
        )
        (path.parent / "index.html").write_text("\n".join(links))
        return path

    return put


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


@pytest.fixture
def lock_text() -> Callable[..., str]:
    """A lock file with made-up hashes."""

    def text(*pins: str) -> str:
        return "".join(f"{pin} \\\n    --hash=sha256:{'0' * 64}\n" for pin in pins)

    return text


@pytest.fixture
def pyproject() -> Callable[..., str]:
    def text(name: str, *dependencies: str, sources: str = "", requires_python: str = ">=3.11") -> str:
        quoted = ", ".join(f'"{dependency}"' for dependency in dependencies)
        return (
            f'[project]\nname = "{name}"\nversion = "1.0"\nrequires-python = "{requires_python}"\n'
            f"dependencies = [{quoted}]\n[tool.uv.sources]\n{sources}\n"
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        )

    return text


@pytest.fixture
def service() -> Callable[..., ResolvedService]:
    """A service with a function a handler; only what packaging reads is there."""

    def make(
        name: str, *handlers: str, runtime: str = "python3.13", architecture: str = "arm64"
    ) -> ResolvedService:
        functions = {
            f"f{number}": ResolvedFunction.model_construct(
                service=name,
                name=f"f{number}",
                handler=handler,
                runtime=runtime,
                architecture=architecture,
                access=(),
            )
            for number, handler in enumerate(handlers or (f"{name}.app.handler",))
        }
        return ResolvedService.model_construct(name=name, path=f"services/{name}", functions=functions)

    return make


@pytest.fixture
def environment() -> Callable[..., ResolvedEnvironment]:
    def make(*services: ResolvedService, target: str = "aws") -> ResolvedEnvironment:
        by_name = {service.name: service for service in services}
        return ResolvedEnvironment.model_construct(target=target, services=by_name)

    return make


@pytest.fixture
def orders(write: WriteFiles, pyproject: Callable[..., str]) -> None:
    """A service `orders` without dependencies, and the library that it takes by path."""
    write(
        {
            "services/orders/pyproject.toml": pyproject(
                "orders", "kit", sources='kit = { path = "../../libs/kit" }'
            ),
            "services/orders/src/orders/__init__.py": "",
            "services/orders/src/orders/app.py": "import kit\n\ndef handler(event, context):\n    return 1\n",
            "services/orders/src/orders/prices.json": "{}",
            "services/orders/tests/test_app.py": "",
            "libs/kit/pyproject.toml": pyproject("kit"),
            "libs/kit/src/kit/__init__.py": "KIT = 1\n",
        }
    )
