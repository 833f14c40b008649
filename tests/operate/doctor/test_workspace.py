"""The checks of the workspace."""

from datetime import UTC, datetime
from zipfile import ZipFile

import pytest

from platform_cli.operate.doctor.model import Verdict
from platform_cli.package.caching import ArtifactCache
from platform_cli.package.layers import layer_name
from platform_cli.package.lock_file import read_lock
from platform_cli.package.platforms import platform_of

ORDERS = """\
services:
  orders:
    path: services/orders
    functions:
      create: { handler: orders.create.handler, runtime: RUNTIME }
""".replace("RUNTIME", "python3.13")
PROJECT = '[project]\nname = "orders"\nversion = "0"\nrequires-python = ">=3.11"\n'


@pytest.fixture
def service(tmp_path):
    def write(dependencies="", code="def handler(event, context):\n    return {}\n", name="orders"):
        folder = tmp_path / "workspace" / "services" / name
        (folder / "src" / name).mkdir(parents=True, exist_ok=True)
        (folder / "pyproject.toml").write_text(PROJECT.replace("orders", name) + dependencies)
        (folder / "src" / name / "__init__.py").write_text("")
        (folder / "src" / name / "create.py").write_text(code)
        return folder

    return write


@pytest.mark.parametrize(
    ("blueprint", "verdict"),
    [
        ("", Verdict.OK),
        ("tables: { main: { partition_key: PK } }\n", Verdict.WARNING),  # nobody uses it
        ("tables: { main: { partition: PK } }\n", Verdict.FAILURE),
    ],
)
def test_findings_of_the_blueprint(doctor, blueprint, verdict):
    result = doctor(blueprint, env=None).says("blueprint")

    assert result.verdict is verdict
    assert all("blueprint.yaml:" in line for line in result.evidence)
    assert bool(result.evidence) is (verdict is not Verdict.OK)


def test_an_empty_folder_has_no_blueprint_to_look_at(doctor):
    for check in ("blueprint", "service-folders", "handlers", "lock-files", "runtimes"):
        assert doctor(None, env=None).says(check).verdict is Verdict.SKIPPED


def test_services_without_folder_and_folders_without_service(doctor, service):
    assert doctor("").says("service-folders").verdict is Verdict.SKIPPED

    missing = doctor(ORDERS).says("service-folders")
    assert missing.verdict is Verdict.FAILURE
    assert "platform new-service orders" in missing.mend

    service()
    assert doctor(ORDERS).says("service-folders").verdict is Verdict.OK

    service(name="forgotten")
    unknown = doctor(ORDERS).says("service-folders")
    assert unknown.verdict is Verdict.WARNING
    assert unknown.evidence == ("services/forgotten is in no blueprint",)


def test_handlers_that_do_not_import(doctor, service):
    assert doctor(ORDERS).says("handlers").verdict is Verdict.SKIPPED

    service()
    assert doctor(ORDERS).says("handlers").verdict is Verdict.OK

    service(code="from orders.logic import work\n\ndef handler(event, context):\n    return work()\n")
    result = doctor(ORDERS).says("handlers")
    assert result.verdict is Verdict.FAILURE
    assert "services/orders/src/orders/create.py:1" in result.evidence[0]

    service(code="def wrong(event, context): ...\n")
    assert doctor(ORDERS).says("handlers").verdict is Verdict.FAILURE


def test_imports_of_third_parties_are_judged_once_the_service_is_built(doctor, service, tmp_path):
    used = "import yaml\n\ndef handler(event, context):\n    return yaml.safe_load('')\n"
    service(code=used)
    missing = doctor(ORDERS).says("handlers")  # no dependency: there is nothing to build
    assert missing.verdict is Verdict.FAILURE
    assert "yaml" in missing.evidence[0]

    folder = service('dependencies = ["pyyaml==6.0.2"]\n', used)
    digest = "d584d9ec91ad65861cc08d42e834324ef890a082e591037abe114850ff7bbc3e"
    (folder / "requirements.lock").write_text(f"pyyaml==6.0.2 \\\n    --hash=sha256:{digest}\n")
    unbuilt = doctor(ORDERS).says("handlers")
    assert unbuilt.verdict is Verdict.OK
    assert unbuilt.evidence == ("orders: third-party imports not judged: not built yet",)

    context = doctor(ORDERS).context
    resolved = context.environment.services["orders"]
    (function,) = resolved.functions.values()
    platform = platform_of("aws", function.runtime, function.architecture)
    name = layer_name(read_lock(folder), platform)

    def packed(*members):
        def write(path):
            with ZipFile(path, "w") as archive:
                for member in members:
                    archive.writestr(member, "")
            return 0

        ArtifactCache(tmp_path).build(name, write)
        return doctor(ORDERS).says("handlers")

    assert (packed("python/yaml/__init__.py").verdict, packed().evidence) == (
        Verdict.OK,
        missing.evidence,
    )


def test_locks_that_are_out_of_date(doctor, service):
    assert doctor(ORDERS).says("lock-files").verdict is Verdict.SKIPPED

    service()
    assert doctor(ORDERS).says("lock-files").verdict is Verdict.OK

    service('dependencies = ["requests>=2"]\n')
    result = doctor(ORDERS).says("lock-files")
    assert result.verdict is Verdict.FAILURE
    assert result.mend == "run `platform lock orders`"
    assert result.fix is not None
    assert "orders" in result.fix.does


def test_a_lock_that_cannot_be_read_is_not_written_over(doctor, service):
    folder = service('dependencies = ["requests>=2"]\n')
    (folder / "requirements.lock").write_text("requests @ https://example.com/requests.whl\n")
    result = doctor(ORDERS).says("lock-files")

    assert result.verdict is Verdict.FAILURE
    assert result.fix is None


@pytest.mark.parametrize(
    ("runtime", "today", "verdict", "word"),
    [
        ("python3.13", "2026-11-21", Verdict.OK, "supported"),
        ("python3.12", "2028-06-01", Verdict.WARNING, "will be deprecated on 2028-10-31"),
        ("python3.12", "2028-11-15", Verdict.WARNING, "was deprecated on 2028-10-31"),
        ("python3.12", "2028-12-01", Verdict.FAILURE, "takes no new functions"),
    ],
)
def test_runtimes_that_end(doctor, runtime, today, verdict, word):
    clock = datetime.fromisoformat(today).replace(tzinfo=UTC)
    result = doctor(ORDERS.replace("python3.13", runtime), clock=lambda: clock).says("runtimes")

    assert result.verdict is verdict
    assert word in result.summary
    assert any("source: " in line and "2026" in line for line in result.evidence)


def test_without_functions_there_is_no_runtime(doctor):
    assert doctor("").says("runtimes").verdict is Verdict.SKIPPED


def test_every_runtime_that_the_language_takes_is_in_the_table():
    from typing import get_args

    from platform_cli.blueprint.model import services
    from platform_cli.operate.checks.workspace_runtimes import RUNTIMES

    assert set(get_args(services.Runtime)) <= set(RUNTIMES)
