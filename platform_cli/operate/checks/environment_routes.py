"""Routes of APIs that ask nobody who they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import REMOTE, Check, Need, Result, failure, ok, skipped
from platform_cli.operate.doctor.wording import few, number

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.blueprint.resolved import ResolvedRoute
    from platform_cli.operate.doctor.context import Context


def check_routes(context: Context) -> Result:
    """Compare the routes that are deployed without authorizer with those that the blueprint leaves open."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.operate.doctor.resources import resources
    from platform_cli.operate.functions import names_of

    environment = context.environment
    by_stack = {names_of(environment).stack("api", name): name for name in environment.apis}
    wrong: list[str] = []
    meant: list[str] = []
    with aws_errors("looking at the routes of APIs", target=context.clients.target):
        for resource in resources(context):
            read = _READERS.get(resource.type)
            api = by_stack.get(resource.stack)
            if read is None or api is None or not resource.physical_id:
                continue
            declared = _declared(context, api)
            for key in read(context.clients.elsewhere(resource.region), resource.physical_id):
                route = declared.get(key)
                if route is None:
                    wrong.append(f"{api}: {key}, which the blueprint does not know")
                elif route.authorizer is not None:
                    wrong.append(f"{api}: {key}, which the blueprint gives the authorizer {route.authorizer}")
                elif route.api_key:
                    wrong.append(f"{api}: {key}, for which the blueprint wants a key")
                else:
                    meant.append(f"{api}: {key}, as the blueprint says")
    if not environment.apis:
        return skipped("the blueprint has no APIs")
    if not wrong:
        return ok(f"{number(len(meant), 'route')} open to anybody, each as the blueprint says", *few(meant))
    return failure(
        "routes ask nobody who they are",
        *few(wrong),
        consequence="whoever finds the address calls what is behind them",
        mend="somebody changed them by hand, see `platform doctor --only drift "
        f"{context.option}`; a deployment that changes the API sets them right",
    )


def _declared(context: Context, api: str) -> dict[str, ResolvedRoute]:
    return {
        f"{route.method} {route.path}": route
        for function in context.environment.functions
        for route in function.routes
        if route.api == api
    }


def _http(clients: Clients, id: str) -> Iterator[str]:
    from platform_cli.deploy.answers import pages

    for route in pages(clients.client("apigatewayv2").get_routes, "Items", ApiId=id):
        if route.get("AuthorizationType", "NONE") == "NONE":
            yield str(route["RouteKey"])


def _rest(clients: Clients, id: str) -> Iterator[str]:
    from platform_cli.deploy.answers import pages

    for resource in pages(
        clients.client("apigateway").get_resources,
        "items",
        paging=("position", "position"),
        restApiId=id,
        embed=["methods"],
    ):
        for method, told in (resource.get("resourceMethods") or {}).items():
            closed = told.get("authorizationType", "NONE") != "NONE" or told.get("apiKeyRequired")
            # A browser asks with OPTIONS before it may send who the user is.
            if method != "OPTIONS" and not closed:
                yield f"{method} {resource['path']}"


_READERS = {"AWS::ApiGatewayV2::Api": _http, "AWS::ApiGateway::RestApi": _rest}

CHECKS = (
    Check(
        "open-routes",
        "environment",
        "routes without authorizer",
        "Reads the routes of the APIs as they are deployed. One that asks nobody who they are, where the "
        "blueprint has an authorizer or a key for it or does not know the route at all, is a failure; those "
        "with `auth: none` are your own choice, and are listed.",
        check_routes,
        (*REMOTE, Need.ACCOUNT),
    ),
)
