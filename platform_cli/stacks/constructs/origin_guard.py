"""A web ACL that lets only a CDN through to an API, by a header that nobody else knows."""

from __future__ import annotations

from aws_cdk import Fn
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_wafv2 as waf

from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import pascal

HEADER = "x-origin-verify"
_LENGTH = 40
_Acl = waf.CfnWebACL


def guard_secret_name(stack: PlatformStack, api: str) -> str:
    """Name of the secret with the header's value."""
    return stack.names.secret(f"api-{api}-origin")


def guard_value(name: str) -> str:
    """The header's value, as CloudFormation reads it; it stands in no template."""
    return f"{{{{resolve:secretsmanager:{name}:SecretString}}}}"


class OriginGuard(Capability):
    """The secret, and the web ACL before an API that blocks what comes without it.

    The value is made once, with the secret, as the block that says how never changes.

    Args:
        stack: The firewalls' stack.
        api: Name of the API in the blueprint.
    """

    def __init__(self, stack: PlatformStack, api: str) -> None:
        super().__init__(stack, f"OriginGuard-{api}", f"apis.{api}")
        secret = secretsmanager.CfnSecret(
            self,
            "Secret",
            name=guard_secret_name(stack, api),
            description=f"What the CDN says to the API {api} so that it answers",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=_LENGTH, exclude_punctuation=True
            ),
        )
        self.place(secret, f"OriginSecret{pascal(api)}")
        name = f"{stack.names.resource(api)}-origin"
        visibility = _Acl.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
        )
        match = _Acl.ByteMatchStatementProperty(
            field_to_match=_Acl.FieldToMatchProperty(single_header={"Name": HEADER}),
            positional_constraint="EXACTLY",
            search_string=Fn.sub("{{resolve:secretsmanager:${Secret}:SecretString}}", {"Secret": secret.ref}),
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
