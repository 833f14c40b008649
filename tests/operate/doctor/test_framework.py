"""How checks are found, made side by side, and kept from hiding each other."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.discovery import all_checks, choose
from platform_cli.operate.doctor.documentation import doctor_reference
from platform_cli.operate.doctor.mending import mend
from platform_cli.operate.doctor.model import GROUPS, Check, Fix, Need, Verdict, ok, skipped, warning
from platform_cli.operate.doctor.running import CheckFinished, CheckStarted, examine

DOCS = Path(__file__).parents[3] / "docs"


def check(name, run, **more):
    return Check(name, "machine", name, f"Looks at {name}.", run, **more)


def test_the_page_says_what_the_checks_say(golden):
    golden(DOCS / "doctor.md", doctor_reference())


def test_checks_have_a_group_and_an_id_of_their_own_that_no_error_has():
    from platform_cli.blueprint.finding_codes import CODES
    from platform_cli.cli import explanations

    checks = all_checks()
    ids = [check.id for check in checks]
    errors = {code for code, e in explanations.explanations().items() if e.severity != "check"}

    assert len(ids) == len(set(ids)) > 35
    assert not set(ids) & (errors | set(CODES) | set(GROUPS))
    assert {check.group for check in checks} == set(GROUPS)


def test_listing_all_checks_imports_nothing_heavy():
    code = """
        import sys
        from platform_cli.operate.doctor.discovery import all_checks
        all_checks()
        heavy = {"boto3", "botocore", "pydantic", "rich", "typer", "ruamel", "aws_cdk", "copier"}
        print(sorted(heavy & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_checks_are_found_in_an_archive_too(tmp_path):
    import zipfile

    import platform_cli

    package = Path(platform_cli.__file__).parent
    archive = tmp_path / "tool.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in package.rglob("*.py"):
            file.write(path, Path("platform_cli") / path.relative_to(package))
    code = (
        f"import sys; sys.path.insert(0, {str(archive)!r})\n"
        "import platform_cli; assert platform_cli.__file__.startswith(sys.path[0])\n"
        "from platform_cli.operate.doctor.discovery import all_checks\n"
        "print(len(all_checks()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert int(done.stdout) == len(all_checks())


def test_a_group_or_a_check_is_chosen_and_a_mistyped_one_named():
    assert {check.group for check in choose(["goals"])} == {"goals"}
    assert [check.id for check in choose(["drift", "disk-space"])] == ["disk-space", "drift"]
    with pytest.raises(PlatformError) as caught:
        choose(["machin"])
    assert (caught.value.code, caught.value.hint) == ("unknown-check", 'did you mean "machine"?')


def test_a_check_that_breaks_or_hangs_is_said_to_and_hides_no_other(doctor):
    hold = threading.Event()

    def defect(context):
        raise ZeroDivisionError("by nothing")

    def refused(context):
        raise PlatformError("AWS is away", hint="wait", code="unreachable")

    def denied(context):
        raise PlatformError("you may not", code="access-denied")

    def hang(context):
        hold.wait(20)
        return ok("late")

    context = doctor().context
    checks = [
        check("defect", defect),
        check("hang", hang, timeout_seconds=0.05),
        check("refused", refused),
        check("denied", denied),
        check("well", lambda context: ok("fine")),
    ]
    diagnosis = examine(checks, context, at_once=2)
    hold.set()
    said = {e.check.id: (e.result.verdict, e.result.summary) for e in diagnosis.examined}

    assert list(said) == ["defect", "hang", "refused", "denied", "well"]
    assert said["defect"] == (Verdict.BROKEN, "a defect in the check: ZeroDivisionError: by nothing")
    assert said["hang"] == (Verdict.BROKEN, "it did not end within 0.05 seconds")
    assert said["refused"] == (Verdict.BROKEN, "AWS is away")
    assert said["denied"] == (Verdict.SKIPPED, "you may not")
    assert said["well"] == (Verdict.OK, "fine")
    assert isinstance(context.defects["defect"], ZeroDivisionError)


def test_what_aws_answers_a_check_with_is_no_defect_of_it(doctor):
    def answered(code):
        def look(context):
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeStacks")

        return look

    context = doctor().context
    checks = [check("denied", answered("AccessDenied")), check("away", answered("InternalFailure"))]
    said = {e.check.id: e.result for e in examine(checks, context).examined}

    assert said["denied"].verdict is Verdict.SKIPPED
    assert said["away"].verdict is Verdict.BROKEN
    assert "a defect in the check" not in said["away"].summary
    assert context.defects == {}


def test_checks_are_made_side_by_side(doctor):
    together = threading.Barrier(3, timeout=10)

    def meet(context):
        together.wait()
        return ok("met")

    diagnosis = examine([check(name, meet) for name in "abc"], doctor().context)

    assert [e.result.summary for e in diagnosis.examined] == ["met"] * 3


def test_progress_tells_of_each_check(doctor):
    events = []
    examine([check("a", lambda c: ok("")), check("b", lambda c: ok(""))], doctor().context, events.append)

    assert sum(isinstance(event, CheckStarted) for event in events) == 2
    assert [e.done for e in events if isinstance(e, CheckFinished)] == [1, 2]


def test_what_several_checks_want_is_made_once_and_its_failure_is_shared(doctor):
    made = []

    def make():
        made.append(1)
        raise PlatformError("no answer", code="unreachable")

    def look(context):
        context.share("thing", make)
        return ok("")

    diagnosis = examine([check(name, look) for name in "abcd"], doctor().context)

    assert [e.result.summary for e in diagnosis.examined] == ["no answer"] * 4
    assert made == [1]


@pytest.mark.parametrize(
    ("blueprint", "env", "need", "reason"),
    [
        ("", None, Need.NAMED, "no environment is named"),
        (None, None, Need.WORKSPACE, "there is no blueprint here"),
        ("tables: 3\n", "dev", Need.ENVIRONMENT, "the blueprint has 1 error"),
        ("", "local", Need.ACCOUNT, "it does not apply to the local AWS"),
    ],
)
def test_a_check_is_skipped_for_want_of_what_it_needs(doctor, blueprint, env, need, reason):
    context = doctor(blueprint, env=env).context

    result = examine([check("any", lambda c: ok("ran"), needs=(need,))], context).examined[0].result

    assert result.verdict is Verdict.SKIPPED
    assert result.summary.startswith(reason)


def test_without_a_deployment_or_without_rights_to_see_it_checks_are_skipped(doctor, deployed, refused):
    from platform_cli.operate.doctor.model import REMOTE

    empty = doctor(answers=deployed(stacks=[])).context
    hidden = doctor(answers={"cloudformation": {"DescribeStacks": refused("AccessDenied")}}).context
    looks = [check("any", lambda c: ok("ran"), needs=REMOTE)]

    assert examine(looks, empty).examined[0].result == skipped("nothing is deployed to dev")
    denied = examine(looks, hidden).examined[0].result
    assert denied.verdict in (Verdict.SKIPPED, Verdict.BROKEN)
    assert "ran" not in denied.summary


def test_a_fix_that_fails_stops_no_other_and_a_change_in_an_environment_is_recorded(doctor):
    done = []

    def fail():
        raise PlatformError("no room", code="cannot-write")

    def surprise():
        raise TimeoutError("nobody thought of it")

    asked = {"ssm": {"PutParameter": {"Version": 1, "Tier": "Standard"}}}
    instance = doctor(answers=asked)
    words = {"consequence": "c", "mend": "m"}
    checks = [
        check("broken", lambda c: warning("w", **words, fix=Fix("break", fail))),
        check("defect", lambda c: warning("w", **words, fix=Fix("stumble", surprise))),
        check("fine", lambda c: warning("w", **words, fix=Fix("set it right", lambda: done.append(1), True))),
        check("none", lambda c: warning("w", **words)),
    ]
    mended = mend(examine(checks, instance.context).examined, instance.context, reason="a test")

    assert [(m.check, m.error.message if m.error else None) for m in mended] == [
        ("broken", "no room"),
        ("defect", "a defect in the fix: TimeoutError: nobody thought of it"),
        ("fine", None),
    ]
    assert done == [1]
    (record,) = instance.calls("PutParameter")
    assert record["Name"] == "/shop/dev/platform/history/doctor"
    assert '"set it right"' in record["Value"]
    assert '"a test"' in record["Value"]
