"""How plans and states look."""

import io

from rich.console import Console

from platform_cli.assembly.differences import ResourceChange, TemplateDifference, ValueChange
from platform_cli.cli.rendering.deployments import next_commands, render_status
from platform_cli.cli.rendering.plans import plan_data, plan_text
from platform_cli.cli.terminal import Terminal
from platform_cli.deploy.plans import Action, DeploymentPlan, StackStep
from platform_cli.deploy.stateful import Destruction
from platform_cli.deploy.status import EnvironmentStatus, StackStatus

CHANGE = ResourceChange(
    "change",
    "CreateFunction",
    "AWS::Lambda::Function",
    ("MemorySize",),
    "services.orders.functions.create",
    (ValueChange("MemorySize", "512", "1024"),),
)
PLAN = DeploymentPlan(
    "shop",
    "dev",
    levels=(
        (
            StackStep("shop-dev-data", Action.UNCHANGED, None),
            StackStep(
                "shop-dev-service-orders",
                Action.UPDATE,
                None,
                difference=TemplateDifference(
                    (CHANGE, ResourceChange("add", "Dead", "AWS::SQS::Queue")), False, False
                ),
                reasons=("KeyArn of shop-dev-data changed",),
                protection=True,
            ),
        ),
        (StackStep("shop-dev-api-public", Action.FOLLOW, None),),
    ),
    removals=(StackStep("shop-dev-service-old", Action.REMOVE, None),),
    kept=("shop-dev-service-kept",),
    destructive=(
        Destruction("shop-dev-data", "Main", "AWS::DynamoDB::GlobalTable", "replaced", False, "tables.main"),
    ),
)


def shown(text) -> str:
    console = Console(file=io.StringIO(), width=80, no_color=True)
    console.print(text, soft_wrap=True)
    return console.file.getvalue()


def test_a_plan_shows_stacks_resources_reasons_and_risks():
    assert shown(plan_text(PLAN)) == (
        "shop in dev: 2 stacks of 4 to change\n"
        "\n"
        "  update  shop-dev-service-orders\n"
        "          ~ Lambda::Function services.orders.functions.create: MemorySize\n"
        "          + SQS::Queue Dead\n"
        "            because KeyArn of shop-dev-data changed\n"
        "            deletion protection is switched on\n"
        "  remove  shop-dev-service-old\n"
        "  kept, though the blueprint no longer has it: shop-dev-service-kept\n"
        "data at risk: tables.main (AWS::DynamoDB::GlobalTable) in shop-dev-data would be replaced\n"
    )


def test_a_dry_run_shows_values_too():
    assert "              MemorySize: 512 → 1024\n" in shown(plan_text(PLAN, values=True))


def test_an_empty_plan_says_that_nothing_is_to_be_done():
    plan = DeploymentPlan("shop", "dev", levels=((StackStep("shop-dev-data", Action.UNCHANGED, None),),))

    assert shown(plan_text(plan)) == "shop in dev: nothing to do\n"


def test_a_plan_for_a_program_says_all_of_it():
    document = plan_data(PLAN)

    assert [(step["stack"], step["action"]) for step in document["stacks"]] == [
        ("shop-dev-data", "unchanged"),
        ("shop-dev-service-orders", "update"),
        ("shop-dev-api-public", "follow"),
        ("shop-dev-service-old", "remove"),
    ]
    assert document["stacks"][1]["resources"][0]["blueprint_path"] == "services.orders.functions.create"
    assert document["data_at_risk"] == [
        {
            "stack": "shop-dev-data",
            "resource": "tables.main",
            "type": "AWS::DynamoDB::GlobalTable",
            "fate": "replaced",
        }
    ]


def test_a_stack_in_trouble_is_counted_and_says_why(capsys):
    stacks = (
        StackStatus("shop-dev-data", "CREATE_COMPLETE", "ready", "", None, {}, False),
        StackStatus("shop-dev-api-public", "ROLLBACK_FAILED", "failed", "no right", None, {}, False),
        StackStatus("shop-dev-global", "CREATE_COMPLETE", "ready", "", None, {}, False, "us-east-1"),
    )

    render_status(Terminal(), EnvironmentStatus("shop", "dev", stacks, {"public": "https://x.example"}))

    assert capsys.readouterr().out == (
        "shop in dev: 3 stacks, 1 not ready\n"
        "  shop-dev-data        CREATE_COMPLETE  -\n"
        "  shop-dev-api-public  ROLLBACK_FAILED  -  no right\n"
        "  shop-dev-global      CREATE_COMPLETE  -  in us-east-1\n"
        "  API public  https://x.example\n"
    )


def test_nothing_deployed_says_how_to(capsys):
    render_status(Terminal(), EnvironmentStatus("shop", "dev", ()))

    captured = capsys.readouterr()
    assert captured.out == "shop in dev: nothing is deployed\n"
    assert captured.err == "`platform deploy --env dev` deploys it\n"


def test_next_commands_call_what_answers_without_a_token(workspace):
    from platform_cli.blueprint.loading import inspect_blueprint
    from platform_cli.blueprint.resolving import resolve

    path = workspace / "blueprint.yaml"
    without = resolve(inspect_blueprint(path), "dev")
    path.write_text(path.read_text().replace("POST /orders", "POST /orders, GET /orders/health"))
    with_route = resolve(inspect_blueprint(path), "dev")

    assert list(next_commands(without, {"public": "https://x.example"})) == [
        "platform status --env dev",
        "platform invoke orders.create --payload '{}' --env dev",
        "platform logs orders.create --follow --env dev",
    ]
    assert list(next_commands(with_route, {"public": "https://x.example/"})) == [
        "platform status --env dev",
        "curl https://x.example/orders/health",
        "platform logs orders.create --follow --env dev",
    ]
