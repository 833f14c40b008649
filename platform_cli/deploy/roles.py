"""With whose rights what is done: the bootstrap's roles where they can be assumed, else one's own.

The CDK's bootstrap brings a role that talks to CloudFormation, one that uploads files, and one that
CloudFormation takes on. Whoever may assume the first two needs no rights of their own. Where they
cannot be assumed, one's own rights are tried, as the CDK does.
"""

from __future__ import annotations

import threading

from platform_cli.assembly.model import FileAsset, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting
from platform_cli.deploy.events import Remark, Report, silent

SESSION_NAME = "platform-cli"
_REFUSALS = (
    "AccessDenied",
    "AccessDeniedException",
    "NoSuchEntity",
    "NoSuchEntityException",
    "InvalidClientTokenId",
    "ValidationError",
)


class Roles:
    """Clients by purpose.

    Args:
        clients: One's own.
        report: Is told when a role cannot be used.
    """

    def __init__(self, clients: Clients, report: Report = silent) -> None:
        self.own = clients
        self._report = report
        self._lock = threading.Lock()
        self._usable: dict[str, bool] = {}

    def reading(self, stack: StackArtifact | None) -> Clients:
        """For looking at stacks: the local AWS lets its owner look, which spares assuming a role."""
        if self.own.target.is_local or stack is None:
            return self.own
        return self.deploying(stack)

    def deploying(self, stack: StackArtifact | None) -> Clients:
        """For changing a stack, in its region."""
        if stack is None:
            return self.own
        return self._as(stack.deploy_role_arn, stack.region)

    def publishing(self, asset: FileAsset) -> Clients:
        """For uploading a file; S3 itself leads to the region of the bucket."""
        return self._as(asset.role_arn, self.own.target.region)

    def execution_role(self, stack: StackArtifact) -> str | None:
        """What CloudFormation shall take on; it can be passed by the deploy role alone."""
        if stack.deploy_role_arn is None or not self._can_assume(stack.deploy_role_arn):
            return None
        return stack.execution_role_arn

    def _as(self, role_arn: str | None, region: str) -> Clients:
        if role_arn is None or not self._can_assume(role_arn):
            return self.own.elsewhere(region)
        return self.own.assume(role_arn, SESSION_NAME).elsewhere(region)

    def _can_assume(self, role_arn: str) -> bool:
        with self._lock:
            if role_arn not in self._usable:
                self._usable[role_arn] = self._tried(role_arn)
            return self._usable[role_arn]

    def _tried(self, role_arn: str) -> bool:
        assumed = self.own.assume(role_arn, SESSION_NAME)
        with aws_errors(f"assuming {role_arn}"), expecting(*_REFUSALS) as refused:
            assumed.client("sts").get_caller_identity()
        if not refused:
            return True
        self._report(
            Remark(
                "role-not-assumed",
                f"the role {role_arn.rsplit('/', 1)[-1]} cannot be assumed; going on with your own rights",
            )
        )
        return False
