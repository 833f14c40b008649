"""Build boto3 clients, and nothing else does.

A `Clients` belongs to one account and region, hands out one client a service, and may be shared by
threads (boto3's clients are safe to share, their creation is not, so it is guarded here).
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from platform_cli import __version__
from platform_cli.aws.errors import aws_errors
from platform_cli.errors import PlatformError

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.credentials import Credentials
    from botocore.loaders import Loader
    from botocore.session import Session

LOCAL_KEY = "test"
"""Access key and secret key of the local AWS; not a secret, it takes no other."""

_CONNECT_TIMEOUT_SECONDS = 10
_READ_TIMEOUT_SECONDS = 60
# A synchronous invocation answers when the function ends, which may take 15 minutes; a client that
# gives up earlier sends the call again, and the function runs twice.
_INVOKE_TIMEOUT_SECONDS = 910
_MAX_CONNECTIONS = 32
_ENVIRONMENT_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)


@dataclass(frozen=True)
class Target:
    """Where calls go.

    Attributes:
        account: Twelve digits; what `verify_account` compares with, never read from AWS.
        region: As AWS calls it.
        profile: A profile of the AWS configuration, or None for the default chain of credentials.
        endpoint_url: The local AWS, or None for AWS itself.
    """

    account: str
    region: str
    profile: str | None = None
    endpoint_url: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether that is the local AWS."""
        return self.endpoint_url is not None


class Clients:
    """Clients for one target, created when first asked for.

    Args:
        target: Account, region and where to find them.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}
        self._assumed: dict[tuple[str, str], Clients] = {}
        self._regions: dict[str, Clients] = {}
        self._session_made: Session | None = None

    @property
    def target(self) -> Target:
        """Where the calls go."""
        return self._target

    def client(self, service_name: str) -> Any:
        """The client for a service (`cloudformation`, `s3`); the same one each time.

        Raises:
            PlatformError: The profile is unknown or the AWS configuration is broken.
        """
        with self._lock:
            if service_name not in self._made:
                with aws_errors(f"preparing calls to {service_name}", target=self._target):
                    self._made[service_name] = self._create(service_name)
            return self._made[service_name]

    def impatient(self, service_name: str) -> Any:
        """A client that makes each call once, for who tells refusals apart and waits in a way of its own.

        Raises:
            PlatformError: As for `client`.
        """
        key = f"{service_name} once"
        with self._lock:
            if key not in self._made:
                with aws_errors(f"preparing calls to {service_name}", target=self._target):
                    self._made[key] = self._create(service_name, once=True)
            return self._made[key]

    def assume(self, role_arn: str, session_name: str) -> Clients:
        """Clients that act as a role; its credentials are fetched when needed and renewed in time.

        Args:
            role_arn: The role.
            session_name: What CloudTrail will show; anything IAM refuses in it becomes `-`.
        """
        allowed = (c if c.isascii() and (c.isalnum() or c in "+=,.@-_") else "-" for c in session_name)
        name = "".join(allowed)[:64]
        with self._lock:
            key = (role_arn, name)
            if key not in self._assumed:
                self._assumed[key] = _AssumedClients(self, role_arn, name)
            return self._assumed[key]

    def elsewhere(self, region: str) -> Clients:
        """Clients of the same account in another region; the same ones each time.

        The local AWS is used as one region, whatever an environment says, so there they are these.
        """
        if region == self._target.region or self._target.is_local:
            return self
        with self._lock:
            if region not in self._regions:
                self._regions[region] = self._moved(region)
            return self._regions[region]

    def _moved(self, region: str) -> Clients:
        return Clients(replace(self._target, region=region))

    def _create(self, service_name: str, *, once: bool = False) -> Any:
        session: Any = self._session()
        credentials = {}
        if self._target.is_local and session.get_credentials() is None:
            credentials = {"aws_access_key_id": LOCAL_KEY, "aws_secret_access_key": LOCAL_KEY}
        return session.create_client(
            service_name,
            region_name=self._target.region,
            endpoint_url=self._target.endpoint_url,
            config=_config(service_name, local=self._target.is_local, once=once),
            **credentials,
        )

    def _session(self) -> Session:
        if self._session_made is None:
            session = self._create_session()
            session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
            self._session_made = session
        return self._session_made

    def _create_session(self) -> Session:
        from botocore.session import Session

        if self._target.is_local:
            return _hermetic_session()
        session = Session()
        profile = self._target.profile
        # A pipeline has no profiles: it brings credentials in its environment. That they are of
        # the right account is for `verify_account` to say.
        brought = any(os.environ.get(name) for name in _ENVIRONMENT_CREDENTIALS)
        if profile is not None and (profile in session.available_profiles or not brought):
            return Session(profile=profile)
        return session


class _AssumedClients(Clients):
    """Clients with the credentials of a role, got with the credentials of other clients."""

    def __init__(self, source: Clients, role_arn: str, session_name: str) -> None:
        super().__init__(source.target)
        self._source = source
        self._role_arn = role_arn
        self._session_name = session_name

    def _moved(self, region: str) -> Clients:
        return _AssumedClients(self._source.elsewhere(region), self._role_arn, self._session_name)

    def _create_session(self) -> Session:
        from botocore.credentials import (
            CredentialProvider,
            CredentialResolver,
            DeferredRefreshableCredentials,
        )

        refreshable = DeferredRefreshableCredentials(refresh_using=self._fetch, method="assume-role")

        class RoleProvider(CredentialProvider):
            METHOD = "assume-role"

            def load(self) -> Credentials:
                return refreshable

        session = super()._create_session()
        session.register_component("credential_provider", CredentialResolver([RoleProvider()]))
        return session

    def _fetch(self) -> dict[str, str]:
        """What botocore calls for the first credentials, and again before they expire."""
        answer = self._source.client("sts").assume_role(
            RoleArn=self._role_arn, RoleSessionName=self._session_name
        )
        given = answer["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }


def verify_account(clients: Clients) -> str:
    """Ask AWS whose credentials these are, and refuse those of another account.

    Returns:
        The account, twelve digits.

    Raises:
        PlatformError: `wrong-account` naming both; `no-credentials`, `expired-credentials` and the like.
    """
    target = clients.target
    with aws_errors("checking the credentials", target=target):
        identity = clients.client("sts").get_caller_identity()
    account = str(identity["Account"])
    if account != target.account:
        profile = f' of profile "{target.profile}"' if target.profile else ""
        raise PlatformError(
            f"the credentials{profile} are of account {account}, but the environment is in {target.account}",
            hint="choose another `profile` in the blueprint's environment, or set AWS_PROFILE",
            code="wrong-account",
        )
    return account


@cache
def _loader(data_path: str | None) -> Loader:
    """Reads what services of AWS look like, which is megabytes: once for all accounts, roles and regions."""
    from botocore.loaders import create_loader

    return create_loader(data_path)


def _config(service_name: str, *, local: bool, once: bool) -> Config:
    from botocore.config import Config

    # A local AWS that is down shall be reported at once.
    attempts = 1 if once else 2 if local else 8
    common = Config(
        connect_timeout=_CONNECT_TIMEOUT_SECONDS,
        read_timeout=_INVOKE_TIMEOUT_SECONDS if service_name == "lambda" else _READ_TIMEOUT_SECONDS,
        max_pool_connections=_MAX_CONNECTIONS,
        user_agent_extra=f"platform-cli/{__version__}",
        retries={
            "mode": "standard" if once or local else "adaptive",
            "total_max_attempts": attempts,
        },
    )
    if not local:
        return common
    # An empty mapping of proxies keeps those of the environment away from the loopback.
    return common.merge(
        Config(
            proxies={},
            s3={"addressing_style": "path"},
            use_dualstack_endpoint=False,
            use_fips_endpoint=False,
        )
    )


def _hermetic_session() -> Session:
    """A session that reads nothing of the user's AWS configuration, nor credentials from the environment."""
    from botocore.credentials import CredentialResolver
    from botocore.session import Session

    session = Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    session.register_component("credential_provider", CredentialResolver([]))
    return session
