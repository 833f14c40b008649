"""A temporary copy of a function for the other architecture.

A function has one architecture, and changing it would break what serves users for a while; so the other
one is tried on a copy with the same code, role, settings and log group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from platform_cli.deploy.answers import Sleep
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.tuning.journal import Journal, copy_description
from platform_cli.operate.tuning.variants import settled

_LONGEST_NAME = 64
_LARGEST_BYTES = 50 * 1024 * 1024
"""Lambda takes no more in a request."""
_KEPT = ("Role", "Runtime", "Handler", "Timeout", "MemorySize")

Download = Callable[[str], bytes]
"""Fetches the code from the address that Lambda gives."""
LayerOf = Callable[[str], bytes | None]
"""The service's dependencies for an architecture, as a layer's zip; None if it has none."""
AgentOf = Callable[[str], str]
"""The ARN of the AppConfig Agent's layer for an architecture."""


def make_copy(
    client: Any,
    holding: list[Journal],
    architecture: str,
    *,
    own_layer: str,
    layer_of: LayerOf,
    agent_of: AgentOf,
    download: Download,
    sleep: Sleep,
) -> str:
    """Make the copy.

    Args:
        client: Of Lambda.
        holding: The journal; its newest state is left in it.
        architecture: Of the copy.
        own_layer: The name of the layer with the service's dependencies.
        layer_of: Builds that layer for another architecture.
        agent_of: Names the AppConfig Agent's layer, which functions that read flags have.
        download: Fetches the code.
        sleep: Waits for Lambda.

    Returns:
        The copy's name.

    Raises:
        PlatformError: `not-comparable`: it has a layer of somebody else, or too much code.
    """
    journal = holding[0]
    told = client.get_function(FunctionName=journal.function)
    configuration: Mapping[str, Any] = told["Configuration"]
    layers = [layer["Arn"] for layer in configuration.get("Layers") or ()]
    mine = [arn for arn in layers if _named(arn) == own_layer]
    agents = _agents(layers, configuration, architecture, agent_of)
    foreign = [arn for arn in layers if arn not in mine and arn not in agents]
    if foreign:
        raise _not_comparable(journal, f"it has the layer {foreign[0]}, which may be of one architecture")
    code = download(told["Code"]["Location"])
    if len(code) > _LARGEST_BYTES:
        raise _not_comparable(journal, "its code is larger than the 50 MB that a request may carry")
    suffix = f"-tune-{journal.run}"
    name = journal.function[: _LONGEST_NAME - len(suffix)] + suffix
    layer_name = f"{own_layer}-tune-{journal.run}" if mine else None
    holding[0] = journal.noting(copy=name, layer=layer_name)
    built = _publish_layer(client, layer_name, architecture, layer_of, journal) if layer_name else ""
    client.create_function(
        FunctionName=name,
        Description=copy_description(journal.function),
        Architectures=[architecture],
        Code={"ZipFile": code},
        Layers=[agents.get(arn, built) for arn in layers],
        **{key: configuration[key] for key in _KEPT if key in configuration},
        **_settings(configuration),
    )
    settled(client, name, sleep=sleep)
    return name


def _agents(
    layers: Sequence[str], configuration: Mapping[str, Any], architecture: str, agent_of: AgentOf
) -> dict[str, str]:
    """The AppConfig Agent among the layers, of whatever version, with its counterpart."""
    if not any("AppConfig" in _named(arn) for arn in layers):
        return {}
    own = agent_of((configuration.get("Architectures") or ["x86_64"])[0])
    same = [arn for arn in layers if arn.rpartition(":")[0] == own.rpartition(":")[0]]
    return dict.fromkeys(same, agent_of(architecture))


def _named(arn: str) -> str:
    """`deps` of `arn:aws:lambda:eu-west-1:1:layer:deps:3`."""
    return arn.split(":")[6]


def _settings(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """What else decides how the code runs, without what answers hold beyond what a request takes."""
    found: dict[str, Any] = {}
    variables = configuration.get("Environment", {}).get("Variables")
    if variables:
        found["Environment"] = {"Variables": variables}
    for key in ("TracingConfig", "EphemeralStorage", "LoggingConfig"):
        if configuration.get(key):
            found[key] = configuration[key]
    if configuration.get("KMSKeyArn"):
        found["KMSKeyArn"] = configuration["KMSKeyArn"]
    network = configuration.get("VpcConfig") or {}
    if network.get("SubnetIds"):
        found["VpcConfig"] = {key: network[key] for key in ("SubnetIds", "SecurityGroupIds")}
    return found


def _publish_layer(client: Any, name: str, architecture: str, layer_of: LayerOf, journal: Journal) -> str:
    content = layer_of(architecture)
    if content is None:
        raise PlatformError(
            f"the function has dependencies on AWS, but the workspace has none for {architecture}",
            hint="deploy the workspace as it is, and try again",
            code="not-comparable",
        )
    arn: str = client.publish_layer_version(
        LayerName=name,
        Description=copy_description(journal.function),
        Content={"ZipFile": content},
        CompatibleArchitectures=[architecture],
    )["LayerVersionArn"]
    return arn


def _not_comparable(journal: Journal, reason: str) -> PlatformError:
    return PlatformError(
        f"{journal.address} cannot be tried on another architecture: {reason}",
        hint="leave `--architectures` out",
        code="not-comparable",
        exit_code=ExitCode.USAGE,
    )
