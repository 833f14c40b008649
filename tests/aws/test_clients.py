"""Clients: where they go, with which credentials, and whose account that is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target, verify_account
from platform_cli.errors import PlatformError

ACCOUNT = "123456789012"
"""The one that moto answers with."""


@pytest.fixture
def write_aws_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the AWS configuration file of a user without credentials in the environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)

    def write(text: str) -> None:
        path = tmp_path / "aws-config"
        path.write_text(text)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(path))

    return write


class Endpoint:
    """An AWS on the loopback that answers STS and S3, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], str]] = []
        self.expires_in_seconds = 3600
        self.assumed = 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                endpoint.requests.append((self.path, dict(self.headers), body))
                self._answer(endpoint.sts(body))

            def do_GET(self) -> None:
                endpoint.requests.append((self.path, dict(self.headers), ""))
                self._answer("<ListBucketResult><Name>b</Name></ListBucketResult>")

            def _answer(self, text: str) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def sts(self, body: str) -> str:
        if "Action=AssumeRole" not in body:
            return (
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account>"
                "</GetCallerIdentityResult></GetCallerIdentityResponse>"
            )
        self.assumed += 1
        expires = datetime.now(UTC) + timedelta(seconds=self.expires_in_seconds)
        return (
            "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
            f"<AccessKeyId>ASSUMED{self.assumed}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            f"<SessionToken>t</SessionToken><Expiration>{expires.isoformat()}</Expiration>"
            "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
        )

    def signers(self) -> list[str]:
        """The access key of each request, in order."""
        return [
            headers["Authorization"].split("Credential=")[1].split("/")[0] for _, headers, _ in self.requests
        ]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    running = Endpoint()
    yield running
    running.server.shutdown()
    running.server.server_close()
    running.thread.join()


@pytest.fixture
def local(endpoint: Endpoint) -> Clients:
    return Clients(Target("000000000000", "eu-west-1", endpoint_url=endpoint.url))


# --- the account ---------------------------------------------------------------------------------


@mock_aws
def test_credentials_of_the_right_account_pass() -> None:
    assert verify_account(Clients(Target(ACCOUNT, "eu-west-1"))) == ACCOUNT


@mock_aws
def test_credentials_of_another_account_are_refused_with_both_named() -> None:
    with pytest.raises(PlatformError) as raised:
        verify_account(Clients(Target("222222222222", "eu-west-1")))

    assert raised.value.code == "wrong-account"
    assert raised.value.message == (
        f"the credentials are of account {ACCOUNT}, but the environment is in 222222222222"
    )


def test_missing_credentials_are_said(
    write_aws_config: Callable[[str], None],
) -> None:
    write_aws_config("")

    with pytest.raises(PlatformError) as raised:
        verify_account(Clients(Target(ACCOUNT, "eu-west-1")))

    assert raised.value.code == "no-credentials"


def test_a_profile_that_is_not_configured_is_named(write_aws_config: Callable[[str], None]) -> None:
    write_aws_config("[profile other]\nregion = eu-west-1\n")

    with pytest.raises(PlatformError, match='profile "shop-dev" is not configured') as raised:
        verify_account(Clients(Target(ACCOUNT, "eu-west-1", profile="shop-dev")))

    assert raised.value.code == "unknown-profile"


def test_an_sso_session_that_has_ended_names_the_profile(write_aws_config: Callable[[str], None]) -> None:
    write_aws_config(
        "[profile shop-dev]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = dev\n"
        "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n"
    )

    with pytest.raises(PlatformError) as raised:
        verify_account(Clients(Target(ACCOUNT, "eu-west-1", profile="shop-dev")))

    assert raised.value.code == "expired-credentials"
    assert raised.value.hint == "sign in again: `aws sso login --profile shop-dev`"


@mock_aws
def test_a_pipeline_without_the_profile_uses_the_credentials_that_it_brings() -> None:
    clients = Clients(Target(ACCOUNT, "eu-west-1", profile="shop-dev"))

    assert verify_account(clients) == ACCOUNT


def test_a_profile_that_exists_wins_over_the_environment(
    write_aws_config: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_aws_config("[profile shop-dev]\naws_access_key_id = FROMPROFILE\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "FROMENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    with mock_aws(config={"core": {"mock_credentials": False}}):
        sts = Clients(Target(ACCOUNT, "eu-west-1", profile="shop-dev")).client("sts")

        assert sts._request_signer._credentials.access_key == "FROMPROFILE"


# --- the local AWS -------------------------------------------------------------------------------


def test_the_local_aws_gets_its_own_credentials_whatever_the_user_has(
    endpoint: Endpoint, local: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "REALKEY")
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")

    assert verify_account(local) == "000000000000"
    assert endpoint.signers() == ["test"]


def test_calls_to_the_local_aws_go_past_every_proxy(local: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert verify_account(local) == "000000000000"


def test_buckets_of_the_local_aws_are_in_the_path(endpoint: Endpoint, local: Clients) -> None:
    local.client("s3").list_objects_v2(Bucket="assets")

    assert endpoint.requests[-1][0].startswith("/assets?")


def test_a_local_aws_that_is_down_is_said_so(endpoint: Endpoint) -> None:
    port = endpoint.server.server_port
    endpoint.server.shutdown()
    endpoint.server.server_close()

    with pytest.raises(PlatformError) as raised:
        verify_account(Clients(Target("000000000000", "eu-west-1", endpoint_url=f"http://127.0.0.1:{port}")))

    assert raised.value.code == "local-aws-down"


# --- roles ---------------------------------------------------------------------------------------


def test_a_role_is_assumed_once_and_only_when_needed(endpoint: Endpoint, local: Clients) -> None:
    role = local.assume("arn:aws:iam::000000000000:role/deploy", "ada lovelace")
    again = local.assume("arn:aws:iam::000000000000:role/deploy", "ada lovelace")

    assert endpoint.requests == []
    role.client("s3").list_objects_v2(Bucket="assets")
    again.client("s3").list_objects_v2(Bucket="assets")
    role.client("sts").get_caller_identity()

    assert endpoint.signers() == ["test", "ASSUMED1", "ASSUMED1", "ASSUMED1"]
    assert "RoleSessionName=ada-lovelace" in endpoint.requests[0][2]
    assert "role%2Fdeploy" in endpoint.requests[0][2]


def test_credentials_of_a_role_are_renewed_before_they_expire(endpoint: Endpoint, local: Clients) -> None:
    endpoint.expires_in_seconds = 60  # less than botocore's margin, so due at once
    role = local.assume("arn:aws:iam::000000000000:role/deploy", "ada")

    role.client("s3").list_objects_v2(Bucket="assets")
    endpoint.expires_in_seconds = 3600
    role.client("s3").list_objects_v2(Bucket="assets")
    role.client("s3").list_objects_v2(Bucket="assets")

    assert [key for key in endpoint.signers() if key != "test"][-2:] == [f"ASSUMED{endpoint.assumed}"] * 2
    assert endpoint.assumed >= 2


def test_a_session_name_keeps_to_what_iam_takes(endpoint: Endpoint, local: Clients) -> None:
    local.assume("arn:aws:iam::000000000000:role/x", "Ädä/" + "l" * 80).client("sts").get_caller_identity()

    name = endpoint.requests[0][2].split("RoleSessionName=")[1].split("&")[0]
    assert name == "-d--" + "l" * 60


# --- clients -------------------------------------------------------------------------------------


def test_many_threads_get_one_client(local: Clients) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: id(local.client("sts")), range(32)))

    assert len(made) == 1


def test_an_invocation_may_take_as_long_as_lambda_allows() -> None:
    clients = Clients(Target(ACCOUNT, "eu-west-1"))

    assert clients.client("lambda").meta.config.read_timeout > 900
    assert clients.client("sqs").meta.config.read_timeout < 120


def test_calls_say_who_makes_them(endpoint: Endpoint, local: Clients) -> None:
    verify_account(local)

    assert "platform-cli/" in endpoint.requests[0][1]["User-Agent"]
