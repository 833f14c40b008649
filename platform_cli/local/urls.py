"""Where things of the local AWS are reached from this machine."""

from __future__ import annotations

from platform_cli.local.server import LocalAws


def local_url(local: LocalAws, api_id: str) -> str:
    """The base address of an API, without a slash at the end.

    HTTP APIs answer there with their `$default` stage; the name of another stage is the first segment
    of the path. The form with the API's id as host name needs a resolver that knows `*.localhost`,
    which macOS does not have outside browsers.
    """
    return f"{local.endpoint_url}/_aws/execute-api/{api_id}"


def mailbox_url(local: LocalAws) -> str:
    """Where every mail that was sent can be read, as JSON: confirmation codes, for example."""
    return f"{local.endpoint_url}/_ministack/ses/messages"
