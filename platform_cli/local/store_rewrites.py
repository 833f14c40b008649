"""Put real servers in the place of Aurora and ElastiCache, in the local copy of a template.

A cluster becomes the secret that RDS would keep for it, with the login of the server; its addresses become
the server's. Functions so find what they find on AWS, under the same names and in the same form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from platform_cli.local import ports
from platform_cli.local.pruning import Omission
from platform_cli.local.store_state import Store
from platform_cli.local.stores import CLUSTER, REPLICATION_GROUP
from platform_cli.local.templates import (
    attribute_of,
    drop_dependencies,
    properties,
    replaced,
    resources,
)

_BLUEPRINT = "platform:blueprint"
_MARK = "platform:local-endpoint"
_PROXY = "AWS::RDS::DBProxy"
_COMPANIONS = (
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElastiCache::User",
    "AWS::ElastiCache::UserGroup",
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::RDS::DBSubnetGroup",
    _PROXY,
)
"""What belongs to a cluster or a group of nodes, and means nothing for a server on this machine."""


def place_stores(template: dict[str, Any], stack: str, stores: tuple[Store, ...]) -> Iterator[Omission]:
    """Replace clusters and groups of nodes that have a server, in place.

    Args:
        template: Of one stack.
        stack: The stack's name.
        stores: The servers of the workspace.

    Yields:
        What is left out for a server.
    """
    by_name = {store.name: store for store in stores}
    placed: dict[str, Store] = {}
    for logical_id, resource in resources(template, CLUSTER, REPLICATION_GROUP).items():
        described = properties(resource)
        name = described.get("DBClusterIdentifier") or described.get("ReplicationGroupId")
        store = by_name.get(str(name))
        if store is not None:
            placed[logical_id] = store
    if not placed:
        return
    origins = {_origin(template["Resources"][logical_id]): store for logical_id, store in placed.items()}
    gone: dict[str, Store] = {}
    for logical_id, resource in resources(template, REPLICATION_GROUP, *_COMPANIONS).items():
        if (store := origins.get(_origin(resource))) is None:
            continue
        gone[logical_id] = store
        yield Omission(
            stack, logical_id, resource["Type"], f"a {_what(store)} on this machine takes its place"
        )
    for logical_id, store in placed.items():
        if logical_id not in gone:
            template["Resources"][logical_id] = _secret(template["Resources"][logical_id], store)
    for logical_id in gone:
        del template["Resources"][logical_id]
    answers = {**placed, **gone}

    def answer(value: dict[str, Any]) -> Any:
        if len(value) != 1:
            return value
        if value.get("Ref") in answers:
            return answers[value["Ref"]].name
        if "Fn::GetAtt" in value:
            logical_id, _, attribute = attribute_of(value["Fn::GetAtt"])
            if logical_id in answers:
                return _attribute(logical_id, attribute, answers[logical_id])
        return value

    for section in ("Resources", "Outputs"):
        template[section] = replaced(template.get(section) or {}, answer)
    for resource in resources(template).values():
        drop_dependencies(resource, gone)
        if (store := origins.get(_origin(resource))) is not None:
            # An output alone is no change for CloudFormation: without this, a new port would not show.
            resource["Metadata"][_MARK] = f"{ports.HOST}:{store.port}"


def secret_of(store: Store) -> str:
    """Name of the secret with the login of a database."""
    return f"rds-cluster-{store.name}"


def _origin(resource: dict[str, Any]) -> str:
    return str((resource.get("Metadata") or {}).get(_BLUEPRINT) or "")


def _what(store: Store) -> str:
    return "PostgreSQL 18" if store.kind == "postgresql" else "Redis 6.2"


def _secret(cluster: dict[str, Any], store: Store) -> dict[str, Any]:
    login = {"username": store.user, "password": store.password}
    return {
        "Type": "AWS::SecretsManager::Secret",
        "Metadata": dict(cluster.get("Metadata") or {}),
        "Properties": {
            "Name": secret_of(store),
            "Description": f"Login of {store.name}",
            "SecretString": json.dumps(login),
        },
    }


def _attribute(logical_id: str, attribute: str, store: Store) -> Any:
    if attribute == "MasterUserSecret.SecretArn":
        return {"Fn::GetAtt": [logical_id, "Id"]}
    if attribute in ("Endpoint.Port", "PrimaryEndPoint.Port"):
        return str(store.port)
    if attribute == "DBClusterResourceId":
        return f"cluster-{store.name}"
    if attribute == "DBProxyArn":
        # Whose last part an output takes.
        return f"arn:aws:rds:us-east-1:000000000000:db-proxy:prx-{store.name}"
    return ports.HOST
