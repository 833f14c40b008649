"""Values outside the stacks: planned with values alone, created on services in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.deployed import ObservedFlags, ObservedSeeds
from platform_cli.deploy.deployment import deploy, plan
from platform_cli.deploy.events import Remark, SeedCreated
from platform_cli.deploy.observing import read_flags
from platform_cli.deploy.seeding import execute_seeds
from platform_cli.deploy.seeds import (
    FlagsSeed,
    LoginSeed,
    SecretSeed,
    SettingSeed,
    flags_document,
    flags_home,
    plan_flags,
    plan_seeds,
)

SETTING = {
    "group": "api",
    "key": "rate",
    "parameter_name": "/shop/dev/api/rate",
    "value": "100",
    "type": "integer",
    "secure": False,
}
SECRET: dict[str, Any] = {
    "name": "payment",
    "physical_name": "shop/dev/payment",
    "description": "",
    "generate_length": 24,
    "exclude_punctuation": True,
    "database": None,
    "replicas": (),
    "rotation_days": None,
    "rotation_strategy": None,
}
DATABASE: dict[str, Any] = {
    "name": "ledger",
    "physical_name": "shop-dev-ledger",
    "engine": "aurora-postgresql",
    "version": None,
    "network": "main",
    "min_acu": 0.5,
    "max_acu": 1,
    "readers": 0,
    "database_name": "books",
    "backup_retention_days": 7,
    "backup": None,
}
FLAG: dict[str, Any] = {
    "name": "new-checkout",
    "description": "One page",
    "owner": "team",
    "default": False,
    "remove_after": None,
    "attributes": {"limit": 3, "label": "a", "on": True},
}


def data_resources(secret: str = "shop/dev/payment", application: str = "shop-dev") -> dict[str, Any]:
    return {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": secret}},
        "App": {"Type": "AWS::AppConfig::Application", "Properties": {"Name": application}},
        "Env": {
            "Type": "AWS::AppConfig::Environment",
            "Properties": {"ApplicationId": {"Ref": "App"}, "Name": "dev"},
        },
        "Profile": {
            "Type": "AWS::AppConfig::ConfigurationProfile",
            "Properties": {
                "ApplicationId": {"Ref": "App"},
                "Name": "flags",
                "LocationUri": "hosted",
                "Type": "AWS.AppConfig.FeatureFlags",
            },
        },
        "Strategy": {
            "Type": "AWS::AppConfig::DeploymentStrategy",
            "Properties": {
                "Name": f"{application}-at-once",
                "DeploymentDurationInMinutes": 0,
                "FinalBakeTimeInMinutes": 0,
                "GrowthFactor": 100,
                "ReplicateTo": "NONE",
            },
        },
    }


@pytest.fixture
def environment(make_environment: Callable[..., ResolvedEnvironment]) -> ResolvedEnvironment:
    return make_environment(
        system="shop", settings=(SETTING,), secrets={"payment": SECRET}, flags={"new-checkout": FLAG}
    )


@pytest.fixture
def assembly(make_stack: Callable[..., StackArtifact], make_assembly: Callable[..., Assembly]) -> Assembly:
    return make_assembly(make_stack("shop-dev-data", data_resources()))


def test_what_is_missing_is_planned_after_the_stack_that_makes_its_home(
    environment: ResolvedEnvironment, assembly: Assembly
) -> None:
    setting, secret, flags = plan_seeds(environment, assembly, ObservedSeeds())
    assert isinstance(setting, SettingSeed)
    assert isinstance(secret, SecretSeed)
    assert isinstance(flags, FlagsSeed)
    assert [seed.after for seed in (setting, secret, flags)] == [None, "shop-dev-data", "shop-dev-data"]
    assert flags.missing == ("new-checkout",)


def test_what_is_there_is_never_touched(environment: ResolvedEnvironment, assembly: Assembly) -> None:
    other = flags_document([environment.flags["new-checkout"]])
    other["values"]["new-checkout"]["enabled"] = True
    there = ObservedSeeds(
        frozenset({"/shop/dev/api/rate"}), {"shop/dev/payment": True}, ObservedFlags(other, 7, other)
    )
    assert plan_seeds(environment, assembly, there) == ()


def test_a_new_flag_joins_the_document_and_leaves_the_others_as_they_are(
    make_environment: Callable[..., ResolvedEnvironment], assembly: Assembly
) -> None:
    document = {
        "version": "1",
        "flags": {"old": {"name": "old"}},
        "values": {"old": {"enabled": True, "_variants": []}},
    }
    environment = make_environment(
        system="shop", flags={"old": {**FLAG, "name": "old"}, "new-checkout": FLAG}
    )
    seeds = plan_seeds(environment, assembly, ObservedSeeds(flags=ObservedFlags(document, 3, document)))
    assert len(seeds) == 1
    seed = seeds[0]
    assert isinstance(seed, FlagsSeed)
    assert seed.document is not None
    assert seed.document["flags"]["old"] == document["flags"]["old"]  # type: ignore[index]
    assert seed.document["values"]["old"] == document["values"]["old"]  # type: ignore[index]
    assert seed.document["values"]["new-checkout"] == {"enabled": False, "limit": 3, "label": "a", "on": True}
    assert (seed.missing, seed.base_version) == (("new-checkout",), 3)


def test_a_document_that_was_never_deployed_is_deployed_as_it_is(
    environment: ResolvedEnvironment, assembly: Assembly
) -> None:
    document = flags_document([environment.flags["new-checkout"]])
    there = ObservedSeeds(
        frozenset({"/shop/dev/api/rate"}), {"shop/dev/payment": True}, ObservedFlags(document, 1)
    )
    (seed,) = plan_seeds(environment, assembly, there)
    assert isinstance(seed, FlagsSeed)
    assert seed.document is None


def test_a_setting_that_a_stack_makes_itself_and_a_secret_for_people_are_not_seeds(
    make_environment: Callable[..., ResolvedEnvironment],
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
) -> None:
    own = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/dev/api/rate"}}
    environment = make_environment(
        system="shop", settings=(SETTING,), secrets={"payment": {**SECRET, "generate_length": None}}
    )
    assembly = make_assembly(make_stack("shop-dev-data", {**data_resources(), "Own": own}))
    assert plan_seeds(environment, assembly, ObservedSeeds()) == ()


def test_flags_have_the_attributes_and_types_that_appconfig_wants(environment: ResolvedEnvironment) -> None:
    document = flags_document(list(environment.flags.values()))
    assert document == {
        "version": "1",
        "flags": {
            "new-checkout": {
                "name": "new-checkout",
                "description": "One page (owner: team)",
                "attributes": {
                    "limit": {"constraints": {"type": "number"}},
                    "label": {"constraints": {"type": "string"}},
                    "on": {"constraints": {"type": "boolean"}},
                },
            }
        },
        "values": {"new-checkout": {"enabled": False, "limit": 3, "label": "a", "on": True}},
    }


def test_a_setting_is_created_as_its_kind_and_one_that_appeared_meanwhile_stays(
    environment: ResolvedEnvironment, moto_clients: Clients
) -> None:
    plain = SettingSeed(environment.settings[0])
    secure = SettingSeed(environment.settings[0].model_copy(update={"parameter_name": "/s", "secure": True}))
    ssm = moto_clients.client("ssm")
    events: list[Any] = []
    assert execute_seeds([plain, secure], moto_clients, events.append) == ("/shop/dev/api/rate", "/s")
    found = ssm.get_parameters(Names=["/shop/dev/api/rate", "/s"], WithDecryption=True)["Parameters"]
    assert {p["Name"]: (p["Type"], p["Value"]) for p in found} == {
        "/shop/dev/api/rate": ("String", "100"),
        "/s": ("SecureString", "100"),
    }
    assert events[0] == SeedCreated("setting", "/shop/dev/api/rate")
    ssm.put_parameter(Name="/shop/dev/api/rate", Value="5", Type="String", Overwrite=True)
    assert execute_seeds([plain], moto_clients, events.append) == ()
    assert ssm.get_parameter(Name="/shop/dev/api/rate")["Parameter"]["Value"] == "5"


def test_a_secret_gets_one_value_that_shows_nowhere(
    environment: ResolvedEnvironment, moto_clients: Clients
) -> None:
    secrets = moto_clients.client("secretsmanager")
    secrets.create_secret(Name="shop/dev/payment")
    seed = SecretSeed(environment.secrets["payment"], None)
    events: list[Any] = []
    assert execute_seeds([seed], moto_clients, events.append) == ("shop/dev/payment",)
    value = secrets.get_secret_value(SecretId="shop/dev/payment")["SecretString"]
    assert len(value) == 24
    assert value.isalnum()
    assert value not in repr(events)
    assert execute_seeds([seed], moto_clients, events.append) == ()
    assert secrets.get_secret_value(SecretId="shop/dev/payment")["SecretString"] == value


LOGIN = {**SECRET, "generate_length": None, "database": "ledger", "username": "payment_user"}


def login_assembly(
    make_stack: Callable[..., StackArtifact], make_assembly: Callable[..., Assembly]
) -> Assembly:
    cluster = {"Type": "AWS::RDS::DBCluster", "Metadata": {"platform:blueprint": "databases.ledger"}}
    return make_assembly(
        make_stack("shop-dev-databases", {"DatabaseLedger": {**cluster, "Properties": {}}}),
        make_stack("shop-dev-data", data_resources()),
    )


def test_the_login_of_a_database_is_planned_after_both_of_its_stacks(
    make_environment: Callable[..., ResolvedEnvironment],
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
) -> None:
    environment = make_environment(system="shop", secrets={"payment": LOGIN}, databases={"ledger": DATABASE})
    assembly = login_assembly(make_stack, make_assembly)
    (seed,) = plan_seeds(environment, assembly, ObservedSeeds())
    assert seed == LoginSeed(
        environment.secrets["payment"], "books", "shop-dev-databases", "DatabaseLedger", "shop-dev-data"
    )
    there = ObservedSeeds(secrets={"shop/dev/payment": True})
    assert plan_seeds(environment, assembly, there) == ()


@pytest.mark.parametrize(
    ("proxied", "hosts"),
    [
        ({}, {"host": "db.example"}),
        ({"ClusterEndpoint": "own.example"}, {"host": "own.example", "proxy": "db.example"}),
    ],
)
def test_a_login_says_where_its_database_is_and_who_may_make_its_user(
    make_environment: Callable[..., ResolvedEnvironment],
    moto_clients: Clients,
    proxied: dict[str, str],
    hosts: dict[str, str],
) -> None:
    secrets = moto_clients.client("secretsmanager")
    secrets.create_secret(Name="shop/dev/payment")
    told = {"Endpoint": "db.example", "Port": "5432", "SecretArn": "arn:master", **proxied}
    outputs = {f"DatabaseLedger{key}": {"Value": value} for key, value in told.items()}
    queue = {"Q": {"Type": "AWS::SQS::Queue"}}
    template = json.dumps({"Resources": queue, "Outputs": outputs})
    seed = LoginSeed(
        make_environment(secrets={"payment": LOGIN}).secrets["payment"],
        "books",
        "base",
        "DatabaseLedger",
        None,
    )
    events: list[Any] = []
    assert execute_seeds([seed], moto_clients, events.append) == ()
    assert [event.code for event in events] == ["database-not-ready"]

    moto_clients.client("cloudformation").create_stack(StackName="base", TemplateBody=template)
    assert execute_seeds([seed], moto_clients, events.append) == ("shop/dev/payment",)

    login = json.loads(secrets.get_secret_value(SecretId="shop/dev/payment")["SecretString"])
    assert len(login.pop("password")) == 32
    assert login == {
        "engine": "postgres",
        **hosts,
        "port": 5432,
        "dbname": "books",
        "username": "payment_user",
        "masterarn": "arn:master",
    }
    assert execute_seeds([seed], moto_clients, events.append) == ()


@pytest.mark.e2e
def test_a_deployment_creates_all_values_once(
    system: str,
    make_environment: Callable[..., ResolvedEnvironment],
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
    local_clients: Clients,
    tmp_path: Path,
) -> None:
    name = f"{system}/dev/payment"
    environment = make_environment(
        settings=({**SETTING, "parameter_name": f"/{system}/dev/api/rate"},),
        secrets={"payment": {**SECRET, "physical_name": name}},
        flags={"new-checkout": FLAG},
    )
    assembly = make_assembly(make_stack(f"{system}-dev-data", data_resources(name, system)))
    deployment = deploy(environment, assembly, local_clients, approve=lambda _: True)
    assert set(deployment.seeded) == {f"/{system}/dev/api/rate", name, "new-checkout"}
    value = local_clients.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    assert len(value) == 24
    assert plan(environment, assembly, local_clients).empty

    grown = environment.model_copy(
        update={
            "flags": {
                **environment.flags,
                "later": environment.flags["new-checkout"].model_copy(update={"name": "later"}),
            }
        }
    )
    again = deploy(grown, assembly, local_clients, approve=lambda _: True)
    assert (again.seeded, dict(again.done)) == (("later",), {})
    assert plan(grown, assembly, local_clients).empty
    appconfig = local_clients.client("appconfig")
    application = next(a["Id"] for a in appconfig.list_applications()["Items"] if a["Name"] == system)
    target = appconfig.list_environments(ApplicationId=application)["Items"][0]["Id"]
    profile = appconfig.list_configuration_profiles(ApplicationId=application)["Items"][0]["Id"]
    data = local_clients.client("appconfigdata")
    token = data.start_configuration_session(
        ApplicationIdentifier=application,
        EnvironmentIdentifier=target,
        ConfigurationProfileIdentifier=profile,
    )["InitialConfigurationToken"]
    served = data.get_latest_configuration(ConfigurationToken=token)["Configuration"].read()
    assert b"later" in served
    assert b"new-checkout" in served


class FlagsInMemory:
    """AppConfig with one profile; the lock on versions and on deployments as AWS documents them."""

    target = Target("123456789012", "eu-west-1")

    def __init__(self) -> None:
        self.versions: list[tuple[str, bytes]] = []
        self.deployments: list[tuple[int, str]] = []

    def client(self, _name: str) -> FlagsInMemory:
        return self

    def write(self, document: dict[str, Any], base: int, state: str | None = None) -> None:
        self.versions.append((f"by somebody (base {base})", json.dumps(document).encode()))
        if state is not None:
            self.deployments.append((len(self.versions), state))

    @property
    def deployed(self) -> dict[str, Any]:
        version = [number for number, state in self.deployments if state == "COMPLETE"][-1]
        told: dict[str, Any] = json.loads(self.versions[version - 1][1])
        return told["values"]

    def list_stack_resources(self, **_: Any) -> dict[str, Any]:
        told = [{"LogicalResourceId": name, "PhysicalResourceId": name} for name in ("App", "Env", "Profile")]
        return {"StackResourceSummaries": told}

    def describe_stack_resource(self, **_: Any) -> dict[str, Any]:
        return {"StackResourceDetail": {"PhysicalResourceId": "at-once"}}

    def list_hosted_configuration_versions(self, **_: Any) -> dict[str, Any]:
        told = [{"VersionNumber": n, "Description": d} for n, (d, _) in enumerate(self.versions, 1)]
        return {"Items": told}

    def get_hosted_configuration_version(self, VersionNumber: int, **_: Any) -> dict[str, Any]:
        return {"Content": io.BytesIO(self.versions[VersionNumber - 1][1])}

    def list_deployments(self, **_: Any) -> dict[str, Any]:
        told = [
            {"DeploymentNumber": n, "ConfigurationName": "flags", "ConfigurationVersion": str(v), "State": s}
            for n, (v, s) in enumerate(self.deployments, 1)
        ]
        return {"Items": told}

    def create_hosted_configuration_version(self, **request: Any) -> dict[str, Any]:
        assert request["LatestVersionNumber"] == len(self.versions)
        self.versions.append((request["Description"], request["Content"]))
        return {"VersionNumber": len(self.versions)}

    def start_deployment(self, **request: Any) -> None:
        if request["LatestDeploymentNumber"] != len(self.deployments):
            raise ClientError({"Error": {"Code": "ConflictException", "Message": ""}}, "StartDeployment")
        self.deployments.append((int(request["ConfigurationVersion"]), "COMPLETE"))


@pytest.fixture
def seed_flags(environment: ResolvedEnvironment, assembly: Assembly) -> Callable[..., list[str]]:
    """Plan and carry out what is missing of the flags; gives the codes of the remarks."""

    def seed(appconfig: Any, between: Callable[[], None] = lambda: None) -> list[str]:
        home = flags_home(environment, assembly)
        assert home is not None
        planned = plan_flags(environment, home, read_flags(home, appconfig))
        between()
        told: list[Any] = []
        execute_seeds([planned] if planned else [], appconfig, told.append)
        return [event.code for event in told if isinstance(event, Remark)]

    return seed


def flags_of(**states: bool) -> dict[str, Any]:
    flags = {name: {"name": name} for name in states}
    return {"version": "1", "flags": flags, "values": {name: {"enabled": on} for name, on in states.items()}}


def test_a_new_flag_never_brings_back_what_an_alarm_refused(seed_flags: Callable[..., list[str]]) -> None:
    appconfig = FlagsInMemory()
    appconfig.write(flags_of(fast=False), 0, "COMPLETE")
    appconfig.write(flags_of(fast=True), 1, "ROLLED_BACK")
    assert seed_flags(appconfig) == []
    assert appconfig.deployed["fast"] == {"enabled": False}
    assert "new-checkout" in appconfig.deployed
    assert appconfig.versions[-1][0].endswith("(base 1)")


def test_a_new_flag_deploys_nothing_that_somebody_left_waiting(seed_flags: Callable[..., list[str]]) -> None:
    appconfig = FlagsInMemory()
    appconfig.write(flags_of(fast=False), 0, "COMPLETE")
    appconfig.write(flags_of(fast=True), 1)
    assert seed_flags(appconfig) == ["flags-waiting"]
    assert appconfig.deployed == {"fast": {"enabled": False}}
    # Nothing is lost: what waits and what is new are in one version now, made from it.
    assert json.loads(appconfig.versions[-1][1])["values"]["fast"] == {"enabled": True}
    assert appconfig.versions[-1][0].endswith("(base 2)")


def test_a_new_flag_that_was_written_and_not_deployed_is_brought_by_the_next_deployment(
    seed_flags: Callable[..., list[str]],
) -> None:
    appconfig = FlagsInMemory()
    appconfig.write(flags_of(fast=False), 0, "COMPLETE")
    assert seed_flags(appconfig) == []
    # As if it was killed between the two calls; AppConfig adds times to what it keeps.
    appconfig.deployments.pop()
    words, content = appconfig.versions[-1]
    kept = json.loads(content)
    kept["flags"]["new-checkout"]["_createdAt"] = kept["values"]["fast"]["_updatedAt"] = (
        "2026-11-21T12:00:00Z"
    )
    appconfig.versions[-1] = (words, json.dumps(kept).encode())
    assert seed_flags(appconfig) == []
    assert (set(appconfig.deployed), len(appconfig.versions)) == ({"fast", "new-checkout"}, 2)
    # Whose state somebody changed meanwhile waits for them.
    appconfig.deployments.pop()
    changed = json.loads(appconfig.versions[-1][1])
    changed["values"]["new-checkout"]["enabled"] = True
    appconfig.write(changed, 2)
    assert seed_flags(appconfig) == []
    assert set(appconfig.deployed) == {"fast"}


def test_a_change_between_plan_and_deployment_is_not_overwritten(
    seed_flags: Callable[..., list[str]],
) -> None:
    appconfig = FlagsInMemory()
    appconfig.write(flags_of(fast=False), 0, "COMPLETE")
    changed = seed_flags(appconfig, lambda: appconfig.write(flags_of(fast=True), 1, "COMPLETE"))
    assert changed == ["flags-changed"]
    assert appconfig.deployed == {"fast": {"enabled": True}}

    class Overtaken(FlagsInMemory):
        def create_hosted_configuration_version(self, **request: Any) -> dict[str, Any]:
            answer = super().create_hosted_configuration_version(**request)
            self.write(flags_of(fast=True), 1, "COMPLETE")
            return answer

    appconfig = Overtaken()
    appconfig.write(flags_of(fast=False), 0, "COMPLETE")
    assert seed_flags(appconfig) == ["flags-busy"]
    assert appconfig.deployed == {"fast": {"enabled": True}}
