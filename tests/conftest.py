"""What every test may count on: no real credentials, no real home, no network, a fixed terminal."""

from __future__ import annotations

import difflib
import fcntl
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).parent.parent
LOCAL_AWS_GROUP = "local-aws"

settings.register_profile("quick", deadline=None, derandomize=True, max_examples=50)
settings.register_profile(
    "thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


# --- options and order ---------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files that differ")


# First, since xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests against the embedded local AWS share one server, so they run in one worker."""
    for item in items:
        if item.get_closest_marker("e2e") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(LOCAL_AWS_GROUP))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run groups in pieces: nothing would fail, and each worker deploy every system for itself."""
    if not session.config.getoption("loadgroup", False):  # which xdist sets in its workers
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid.rpartition("]")[2]:
            raise RuntimeError(f"pytest-xdist misses the group of {item.nodeid}: see pyproject.toml")


# --- network -------------------------------------------------------------------------------------


class NetworkUsed(AssertionError):
    """A test in this process tried to reach something else than this machine."""


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if host is None or not isinstance(host, str):
        return host is None
    return host in ("", "localhost", "::1", "::") or host.startswith("127.") or host.endswith(".localhost")


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = args[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            raise NetworkUsed(f"connection to {address[0]!r}: tests reach nothing but this machine")
    elif event == "socket.getaddrinfo" and not _is_loopback(args[0]):
        raise NetworkUsed(f"look-up of {args[0]!r}: tests reach nothing but this machine")


def pytest_configure(config: pytest.Config) -> None:
    # A pipeline may start the suite in the background, where SIGINT is ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.addaudithook(_refuse_network)


# --- environment ---------------------------------------------------------------------------------


def _user_cache(name: str) -> str:
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return str(Path(root) / name)


_FOREIGN = ("AWS_", "PLATFORM_", "GIT_CONFIG", "JSII_", "CDK_", "GITHUB_")
_KEPT = ("AWS_CA_BUNDLE", "PLATFORM_CACHE_DIR")


def _folder_of_the_run(factory: pytest.TempPathFactory) -> Path:
    """Of all its workers: the folder of each is in it."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fake credentials, NO_COLOR, 80 columns, a temporary home.

    The caches of uv and of the tool stay where they are: what is built once from a lock with hashes
    is the same for every test.

    Bytecode is kept for the run, and outside the checkout: the suite starts hundreds of processes, and
    images of containers like to forbid them to write any, so that each would compile all that it imports.
    """
    with pytest.MonkeyPatch.context() as patch:
        bytecode = str(_folder_of_the_run(tmp_path_factory) / "bytecode")
        patch.setattr(sys, "dont_write_bytecode", False)
        patch.setattr(sys, "pycache_prefix", bytecode)
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        caches = {
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", _user_cache("uv")),
            "PLATFORM_CACHE_DIR": os.environ.get("PLATFORM_CACHE_DIR", _user_cache("platform-cli")),
        }
        for name in list(os.environ):
            if name.startswith(_FOREIGN) and name not in _KEPT:
                patch.delenv(name)
        for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            patch.delenv(name, raising=False)
        home = tmp_path_factory.mktemp("home")
        for name, value in {
            **caches,
            "PYTHONPYCACHEPREFIX": bytecode,
            # A pytest that a test starts would else look through folders of earlier runs, and delete them.
            "PYTEST_DEBUG_TEMPROOT": str(home),
            "HOME": str(home),
            "NO_COLOR": "1",
            "COLUMNS": "80",
            "LINES": "40",
            "TERM": "dumb",
            "TZ": "UTC",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(home / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "aws-credentials"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Test",
            "GIT_AUTHOR_EMAIL": "test@example.com",
            "GIT_COMMITTER_NAME": "Test",
            "GIT_COMMITTER_EMAIL": "test@example.com",
        }.items():
            patch.setenv(name, value)
        yield


# --- what is made once a run ---------------------------------------------------------------------


MadeOnce = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Make a folder by its name once a run: by the worker that asks first; others wait, then read it."""
    shared = _folder_of_the_run(tmp_path_factory) / "made-once"
    shared.mkdir(exist_ok=True)

    def once(name: str, make: Callable[[Path], None]) -> Path:
        folder, whole = shared / name, shared / f"{name}.whole"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                whole.touch()
        return folder

    return once


# --- golden files --------------------------------------------------------------------------------


Golden = Callable[[Path, str], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a file kept in the repository; `--update-golden` rewrites it.

    A relative path counts from the folder of the test's module.
    """
    update = bool(request.config.getoption("--update-golden"))

    def compare(path: Path, text: str) -> None:
        path = request.path.parent / path
        kept = path.read_text(encoding="utf-8") if path.is_file() else None
        if kept == text:
            return
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        if kept is None:
            pytest.fail(f"{path} does not exist; --update-golden writes it", pytrace=False)
        difference = difflib.unified_diff(
            kept.splitlines(), text.splitlines(), f"{path.name} (kept)", f"{path.name} (now)", lineterm=""
        )
        pytest.fail("\n".join([f"{path} differs; --update-golden rewrites it", *difference]), pytrace=False)

    return compare


# --- the shop on the embedded local AWS ----------------------------------------------------------


@dataclass(frozen=True)
class DeployedShop:
    """`examples/shop`, deployed by the command line to a local AWS of its own, IAM enforced."""

    root: Path
    base_url: str
    clients: Any
    environment: Any

    def platform(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `platform …` in the workspace, within this process."""
        return call_platform(self.root, *arguments, check=check)

    def process(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `platform …` in the workspace, as a process of its own."""
        return run_platform(self.root, *arguments, check=check)


def call_platform(
    root: Path, *arguments: str, stdin: str = "", check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run `platform …` in a folder as its own process would, but in this one: nothing is imported anew."""
    from platform_cli.cli.main import main

    said, told = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        patch.setattr(sys, "stdout", said)
        patch.setattr(sys, "stderr", told)
        code = main(arguments)
    out, err = (stream.buffer.getvalue().decode() for stream in (said, told))
    if check and code:
        pytest.fail(f"platform {' '.join(arguments)} gave {code}\n{out}\n{err}")
    return subprocess.CompletedProcess(["platform", *arguments], code, out, err)


def run_platform(root: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `platform …` in a folder as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "platform_cli", *arguments], cwd=root, capture_output=True, text=True
    )
    if check and done.returncode:
        pytest.fail(f"platform {' '.join(arguments)} gave {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


@pytest.fixture(scope="session")
def platform_in() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`platform_in(folder, "status", "--json")`: run a command in a folder, within this process."""
    return call_platform


@pytest.fixture(scope="session")
def deployed_shop(
    clean_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DeployedShop]:
    """Copied, deployed once a session by a process `platform deploy`, stopped at the end."""
    from platform_cli.blueprint.loading import inspect_blueprint
    from platform_cli.blueprint.resolving import resolve
    from platform_cli.deploy.targets import connect

    root = tmp_path_factory.mktemp("workspace with spaces") / "shop"
    ignored = shutil.ignore_patterns(".platform", "__pycache__", ".*_cache", ".venv")
    shutil.copytree(REPOSITORY / "examples" / "shop", root, ignore=ignored)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run_platform(root, "local", "start", "--port", str(port))
    try:
        run_platform(root, "deploy", "--env", "local", "--yes")
        status = json.loads(run_platform(root, "status", "--env", "local", "--json").stdout)
        environment = resolve(inspect_blueprint(root / "blueprint.yaml"), "local")
        yield DeployedShop(root, status["urls"]["public"], connect(environment, root), environment)
    finally:
        run_platform(root, "local", "stop", check=False)
