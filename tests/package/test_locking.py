"""Lock files: written by uv, checked without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.errors import Place, PlatformError
from platform_cli.package.lock_file import read_lock
from platform_cli.package.locking import check_lock, lock_service

Make = Callable[..., Any]
SOURCE = 'kit = { path = "../../libs/kit", editable = true }'


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "services/orders"


@pytest.fixture
def declare(write: Make, pyproject: Make) -> Make:
    """Write what the service asks for, and what its library does."""

    def declare(*dependencies: str, library: tuple[str, ...] = (), **more: str) -> None:
        write({"services/orders/pyproject.toml": pyproject("orders", *dependencies, sources=SOURCE, **more)})
        write({"libs/kit/pyproject.toml": pyproject("kit", *library)})
        write({"services/orders/src/orders/__init__.py": "", "libs/kit/src/kit/__init__.py": ""})

    return declare


def failure(folder: Path) -> PlatformError:
    with pytest.raises(PlatformError) as raised:
        check_lock(folder)
    return raised.value


# --- writing -------------------------------------------------------------------------------------


def test_a_lock_has_versions_and_hashes_and_no_address(folder: Path, declare: Make, wheel: Make) -> None:
    wheel("leaf", "1.2", requires=("twig",))
    wheel("twig")
    wheel("bark")
    declare("leaf", "kit", library=("bark",))

    assert lock_service(folder)

    text = (folder / "requirements.lock").read_text()
    pins = [line.removesuffix(" \\") for line in text.splitlines() if "--hash" not in line]
    assert pins == ["bark==1.0", "leaf==1.2", "twig==1.0"]
    assert text.count("--hash=sha256:") == 3
    assert "/" not in text
    check_lock(folder)


def test_locking_again_changes_nothing_even_if_there_is_a_newer_version(
    folder: Path, declare: Make, wheel: Make
) -> None:
    wheel("leaf", "1.0")
    declare("leaf")
    lock_service(folder)
    before = (folder / "requirements.lock").stat()
    wheel("leaf", "2.0")

    assert not lock_service(folder)
    assert (folder / "requirements.lock").stat() == before
    assert lock_service(folder, upgrade=True)
    assert [str(pin.version) for pin in read_lock(folder).pins] == ["2.0"]


def test_what_lambda_brings_is_not_locked_but_its_needs_are(folder: Path, declare: Make, wheel: Make) -> None:
    wheel("tracer", requires=("botocore",))
    wheel("botocore", requires=("jmespath",))
    wheel("jmespath")
    declare("tracer")

    lock_service(folder)

    assert [pin.name for pin in read_lock(folder).pins] == ["jmespath", "tracer"]
    check_lock(folder)


def test_a_dependency_for_another_system_is_locked_with_its_marker(
    folder: Path, declare: Make, wheel: Make
) -> None:
    wheel("leaf", requires=("winsome; sys_platform == 'win32'",))
    wheel("winsome")
    declare("leaf")

    lock_service(folder)

    assert [(pin.name, pin.marker) for pin in read_lock(folder).pins] == [
        ("leaf", ""),
        ("winsome", 'sys_platform == "win32"'),
    ]


def test_a_service_without_dependencies_gets_an_empty_lock(folder: Path, declare: Make, wheel: Make) -> None:
    declare("kit")

    assert lock_service(folder)
    assert (folder / "requirements.lock").read_text() == ""
    assert not lock_service(folder)


def test_a_lock_that_cannot_be_made_leaves_the_old_one(folder: Path, declare: Make, wheel: Make) -> None:
    wheel("leaf")
    declare("leaf")
    lock_service(folder)
    before = (folder / "requirements.lock").read_bytes()
    declare("leaf", "nowhere-to-be-found")

    with pytest.raises(PlatformError, match="nowhere-to-be-found") as raised:
        lock_service(folder)

    assert raised.value.code == "uv-failed"
    assert (folder / "requirements.lock").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["pyproject.toml", "requirements.lock", "src"]


# --- checking ------------------------------------------------------------------------------------


def test_a_service_without_third_party_dependencies_needs_no_lock(folder: Path, declare: Make) -> None:
    declare("kit", "boto3")

    check_lock(folder)


def test_a_missing_lock_says_how_to_write_it(folder: Path, declare: Make) -> None:
    declare("leaf>=1")

    error = failure(folder)

    assert error.code == "missing-lock"
    assert error.message == 'orders asks for "leaf>=1", but orders has no requirements.lock'
    assert error.hint == "write it anew with `platform lock orders`"


@pytest.mark.parametrize(
    ("asked", "locked", "said"),
    [
        ("leaf", "twig==1.0", 'orders asks for "leaf", which the lock does not have'),
        ("leaf>=2", "leaf==1.5", 'orders asks for "leaf>=2", but 1.5 is locked'),
        ("leaf[extra]", "leaf==1.5", 'orders asks for "leaf[extra]", but it is locked without these extras'),
    ],
)
def test_a_lock_that_does_not_answer_is_outdated(
    folder: Path, declare: Make, write: Make, lock_text: Make, asked: str, locked: str, said: str
) -> None:
    declare(asked)
    write({"services/orders/requirements.lock": lock_text(locked)})

    error = failure(folder)

    assert (error.code, error.message) == ("outdated-lock", said)
    assert error.hint == "write it anew with `platform lock orders`"


def test_what_a_library_asks_for_must_be_locked_too(
    folder: Path, declare: Make, write: Make, lock_text: Make
) -> None:
    declare("kit", library=("bark",))
    write({"services/orders/requirements.lock": lock_text("leaf==1.0")})

    assert failure(folder).message == 'kit asks for "bark", which the lock does not have'


@pytest.mark.parametrize(
    ("asked", "locked"),
    [
        ("Leaf_Green>=1", "leaf-green==1.0"),
        ("leaf[a]", "leaf[a,b]==1.0"),
        ("leaf>=2b1", "leaf==2.0b1"),
        ("leaf; sys_platform == 'win32'", "twig==1.0"),
        ("leaf; python_version < '3.9'", "twig==1.0"),
    ],
)
def test_a_lock_that_answers_passes(
    folder: Path, declare: Make, write: Make, lock_text: Make, asked: str, locked: str
) -> None:
    declare(asked)
    write({"services/orders/requirements.lock": lock_text(locked)})

    check_lock(folder)


def test_one_of_several_versions_for_different_pythons_is_enough(
    folder: Path, declare: Make, write: Make, lock_text: Make
) -> None:
    declare("leaf>=2; python_version >= '3.12'", "leaf<2; python_version < '3.12'")
    forked = lock_text("leaf==1.9 ; python_version < '3.12'", "leaf==2.1 ; python_version >= '3.12'")
    write({"services/orders/requirements.lock": forked})

    check_lock(folder)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--index-url https://example.com/simple", "holds an address or an option"),
        ("leaf @ https://example.com/leaf.whl --hash=sha256:00", "holds an address or an option"),
        ("-e ../../libs/kit", "holds an address or an option"),
        ("./libs/kit", "holds an address or an option"),
        ("leaf==1.0", "has no hash for leaf"),
        ("leaf>=1.0 --hash=sha256:00", "which is not an exact version"),
        ("leaf==1.* --hash=sha256:00", "which is not a pin"),
        ("<<<<<<< HEAD", "which is not a pin"),
    ],
)
def test_a_lock_that_is_no_lock_is_refused_with_its_line(
    folder: Path, declare: Make, write: Make, line: str, said: str
) -> None:
    declare("leaf")
    write({"services/orders/requirements.lock": f"# a comment\n\n{line}\n"})

    error = failure(folder)

    assert error.code == "invalid-lock"
    assert said in error.message
    assert error.where == Place(str(folder / "requirements.lock"), 3)


# --- projects ------------------------------------------------------------------------------------


def test_a_dependency_by_address_cannot_be_locked(folder: Path, declare: Make) -> None:
    declare("leaf @ git+https://example.com/leaf")

    assert failure(folder).code == "unsupported-source"


def test_a_source_other_than_a_path_cannot_be_locked(folder: Path, write: Make, pyproject: Make) -> None:
    source = 'leaf = { git = "https://example.com/leaf" }'
    write({"services/orders/pyproject.toml": pyproject("orders", "leaf", sources=source)})

    assert failure(folder).code == "unsupported-source"


def test_a_library_that_is_gone_is_named(folder: Path, write: Make, pyproject: Make) -> None:
    write({"services/orders/pyproject.toml": pyproject("orders", "kit", sources=SOURCE)})

    error = failure(folder)

    assert error.code == "missing-library-folder"
    assert "libs/kit" in error.message


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ('[project]\nname = "orders\n', "is not TOML", 2),
        ('[project]\nname = "orders"\ndependencies = "leaf"\n', "is not a list", None),
        ("[build-system]\n", "no `[project]` table", None),
        ('[project]\nname = "orders"\ndependencies = ["leaf ~~ 2"]\n', "is not a requirement", None),
        ('[project]\nname = "orders"\nrequires-python = "three"\n', "is not a version specifier", None),
    ],
)
def test_a_broken_pyproject_says_what_is_wrong(
    folder: Path, write: Make, text: str, said: str, line: int | None
) -> None:
    write({"services/orders/pyproject.toml": text})

    error = failure(folder)

    assert (error.code, said in error.message) == ("invalid-pyproject", True)
    assert isinstance(error.where, Place)
    assert error.where.line == line


def test_libraries_that_take_each_other_by_path_end(folder: Path, write: Make, pyproject: Make) -> None:
    write({"services/orders/pyproject.toml": pyproject("orders", "kit", sources=SOURCE)})
    back = 'orders = { path = "../../services/orders" }'
    write({"libs/kit/pyproject.toml": pyproject("kit", "orders", sources=back)})

    check_lock(folder)


def test_a_service_and_a_library_that_no_python_suits_both_are_refused(
    folder: Path, declare: Make, write: Make, pyproject: Make
) -> None:
    declare("kit", requires_python=">=3.13")
    write({"libs/kit/pyproject.toml": pyproject("kit", requires_python="<3.13")})

    assert "admits no Python" in failure(folder).message
