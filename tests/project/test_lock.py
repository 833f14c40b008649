"""requirements.lock: all of pyproject.toml, exact, with hashes, without an address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==(\S+)(?: ; [^\\]*)?", re.MULTILINE)
LOCKED = {(canonicalize_name(name), Version(version)) for name, version in PIN.findall(LOCK)}


def wanted() -> list[str]:
    return [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]


@pytest.mark.parametrize("text", wanted())
def test_every_dependency_is_locked_within_its_range(text):
    requirement = Requirement(text)
    versions = [version for name, version in LOCKED if name == canonicalize_name(requirement.name)]

    assert versions
    assert all(requirement.specifier.contains(version) for version in versions)


def test_every_pin_has_hashes():
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())

    assert len(blocks) >= len(LOCKED)
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_there_is_no_address_and_no_header():
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    assert not LOCK.startswith("#")


def test_dependencies_are_sorted_and_open_above():
    for group in (PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["dev"]):
        names = [Requirement(text).name for text in group]
        assert names == sorted(names)
        assert not [text for text in group if "==" in text]


def test_the_lock_for_uv_itself_can_be_cut_out_of_it():
    # `make install` gives these lines to pip, before there is a uv.
    lines = re.search(r"^uv==(?:.*\\\n)+.*\n", LOCK, re.MULTILINE)

    assert lines is not None
    assert lines[0].count("--hash=sha256:") > 5
