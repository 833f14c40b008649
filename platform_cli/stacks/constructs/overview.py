"""The last stack: the dashboards, and the alarms on what the system as a whole promises."""

from __future__ import annotations

from aws_cdk import App
from aws_cdk import aws_cloudwatch as cloudwatch

from platform_cli.blueprint.dashboards import boards_apart, dashboard_names, shows_edge
from platform_cli.blueprint.log_queries import of_system
from platform_cli.blueprint.naming import BOARDS, OVERVIEW
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.alarms.objectives import objective_alarms
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.logs import SavedQueries
from platform_cli.stacks.constructs.objectives import watch_entrances, watch_objectives
from platform_cli.stacks.dashboards.body import body, text_of
from platform_cli.stacks.dashboards.catalog import boards_of, requests_of_system
from platform_cli.stacks.dashboards.invented import invented_names
from platform_cli.stacks.dashboards.parts import Board
from platform_cli.stacks.logical import composite


class Dashboard(Capability):
    """A dashboard of CloudWatch."""

    def __init__(self, stack: PlatformStack, board: Board) -> None:
        super().__init__(stack, f"Dashboard-{board.name}", f"dashboards.{board.name}")
        resource = cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name=board.physical_name,
            dashboard_body=text_of(body(board, stack.system.region)),
        )
        self.place(resource, composite("Dashboard", board.name))


def boards_stack(app: App, system: ResolvedEnvironment, name: str) -> PlatformStack:
    """Dashboards of some services, where those of all are too much text for one template."""
    stack = PlatformStack(app, system, BOARDS, name, description=f"Dashboards {name} of {system.system}")
    for board in boards_of(system, {}, boards_apart(system)[int(name) - 1]):
        Dashboard(stack, board)
    return stack


def overview_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Dashboards, and alarms on the objectives of the system; after what only AWS gives names."""
    stack = PlatformStack(app, system, OVERVIEW, description=f"Dashboards and objectives of {system.system}")
    ids = {
        key: stack.look_up(one.concern, one.output, name=one.name)
        for key, one in invented_names(system, edge=shows_edge(system)).items()
    }
    apart = {name for names in boards_apart(system) for name in names}
    for board in boards_of(system, ids, [name for name in dashboard_names(system) if name not in apart]):
        Dashboard(stack, board)
    SavedQueries(stack, "", of_system(system))
    if system.alarms.wanted:
        requests = requests_of_system(system, ids)
        watch_objectives(stack, objective_alarms(system, system.objectives, requests, "objectives"))
        watch_entrances(stack, system, ids)
    return stack
