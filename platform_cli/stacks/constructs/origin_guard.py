"""What lets only a CDN through to an API or a load balancer: a header that nobody else knows."""

from __future__ import annotations

from aws_cdk import Fn
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_wafv2 as waf

from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import pascal

HEADER = "x-origin-verify"
_LENGTH = 40
_Acl = waf.CfnWebACL


def guard_secret_name(stack: PlatformStack, behind: str) -> str:
    """Name of the secret with the header's value, for `api-public` or `balancer-hooks`."""
    return stack.names.secret(f"{behind}-origin")


def guard_value(name: str) -> str:
    """The header's value, as CloudFormation reads it; it stands in no template."""
    return f"{{{{resolve:secretsmanager:{name}:SecretString}}}}"


class OriginSecret(Capability):
    """What the CDN says, so that what is behind it answers.

    The value is made once, with the secret, as the block that says how never changes.

    Args:
        stack: Of what is behind the CDN, or of its guard.
        behind: `api-public`, `balancer-hooks`.
        what: That, in words.
        logical_id: Of the secret.
        origin: Dotted path of the blueprint.
    """

    def __init__(self, stack: PlatformStack, behind: str, what: str, logical_id: str, origin: str) -> None:
        super().__init__(stack, f"OriginSecret-{behind}", origin)
        self._secret = secretsmanager.CfnSecret(
            self,
            "Secret",
            name=guard_secret_name(stack, behind),
            description=f"What the CDN says to the {what} so that it answers",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=_LENGTH, exclude_punctuation=True
            ),
        )
        self.place(self._secret, logical_id)

    @property
    def value(self) -> str:
        """The value, as CloudFormation reads it after it has made the secret."""
        return Fn.sub("{{resolve:secretsmanager:${Secret}:SecretString}}", {"Secret": self._secret.ref})


class OriginGuard(Capability):
    """The secret, and the web ACL before an API that blocks what comes without it.

    Args:
        stack: The firewalls' stack.
        api: Name of the API in the blueprint.
    """

    def __init__(self, stack: PlatformStack, api: str) -> None:
        super().__init__(stack, f"OriginGuard-{api}", f"apis.{api}")
        secret = OriginSecret(stack, f"api-{api}", f"API {api}", f"OriginSecret{pascal(api)}", f"apis.{api}")
        name = f"{stack.names.resource(api)}-origin"
        visibility = _Acl.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
        )
        match = _Acl.ByteMatchStatementProperty(
            field_to_match=_Acl.FieldToMatchProperty(single_header={"Name": HEADER}),
            positional_constraint="EXACTLY",
            search_string=secret.value,
            text_transformations=[_Acl.TextTransformationProperty(priority=0, type="NONE")],
        )
        self._acl = _Acl(
            self,
            "Acl",
            name=name,
            scope="REGIONAL",
            default_action=_Acl.DefaultActionProperty(block=_Acl.BlockActionProperty()),
            rules=[
                _Acl.RuleProperty(
                    name="through-the-cdn",
                    priority=0,
                    action=_Acl.RuleActionProperty(allow=_Acl.AllowActionProperty()),
                    statement=_Acl.StatementProperty(byte_match_statement=match),
                    visibility_config=visibility,
                )
            ],
            visibility_config=visibility,
        )
        self.place(self._acl, f"OriginGuard{pascal(api)}")

    @property
    def arn(self) -> str:
        """ARN of the web ACL."""
        return self._acl.attr_arn
