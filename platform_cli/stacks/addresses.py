"""ARNs and URLs of what carries a name of ours, so that one stack can point at another without a reference.

Account and region of an environment are known at synthesis, and `blueprint.naming` fixes the names;
nothing here needs AWS, a token of the CDK or an export.
"""

from __future__ import annotations

from dataclasses import dataclass

from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment

_PARTITIONS = (("cn-", "aws-cn", "amazonaws.com.cn"), ("us-gov-", "aws-us-gov", "amazonaws.com"))


def names_of(environment: ResolvedEnvironment) -> Names:
    """The names of an environment."""
    return Names(environment.system, environment.environment, environment.account, environment.region)


@dataclass(frozen=True)
class Addresses:
    """Where things are in one account and region.

    Attributes:
        account: Twelve digits.
        region: `eu-west-1`.
        partition: `aws`, `aws-cn` or `aws-us-gov`.
        dns_suffix: `amazonaws.com`, in China `amazonaws.com.cn`.
    """

    account: str
    region: str
    partition: str
    dns_suffix: str

    @classmethod
    def of(cls, environment: ResolvedEnvironment) -> Addresses:
        """The addresses of an environment."""
        region = environment.region
        for prefix, partition, suffix in _PARTITIONS:
            if region.startswith(prefix):
                return cls(environment.account, region, partition, suffix)
        return cls(environment.account, region, "aws", "amazonaws.com")

    def arn(self, service: str, resource: str) -> str:
        """`arn:aws:sqs:eu-west-1:111111111111:{resource}`."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def root(self) -> str:
        """The account itself, as a principal."""
        return f"arn:{self.partition}:iam::{self.account}:root"

    def table(self, physical_name: str) -> str:
        """A DynamoDB table."""
        return self.arn("dynamodb", f"table/{physical_name}")

    def bucket(self, physical_name: str) -> str:
        """An S3 bucket; its objects are below `/`."""
        return f"arn:{self.partition}:s3:::{physical_name}"

    def bus(self, physical_name: str) -> str:
        """An EventBridge bus."""
        return self.arn("events", f"event-bus/{physical_name}")

    def queue(self, physical_name: str) -> str:
        """An SQS queue."""
        return self.arn("sqs", physical_name)

    def queue_url(self, physical_name: str) -> str:
        """The URL by which an SQS queue is called."""
        return f"https://sqs.{self.region}.{self.dns_suffix}/{self.account}/{physical_name}"

    def topic(self, physical_name: str) -> str:
        """An SNS topic."""
        return self.arn("sns", physical_name)

    def stream(self, physical_name: str) -> str:
        """A Kinesis data stream."""
        return self.arn("kinesis", f"stream/{physical_name}")

    def function(self, physical_name: str) -> str:
        """A Lambda function."""
        return self.arn("lambda", f"function:{physical_name}")

    def parameter(self, name: str) -> str:
        """A setting, or a path of them; `name` starts with a slash."""
        return self.arn("ssm", f"parameter{name}")

    def log_group(self, name: str) -> str:
        """The streams of a log group."""
        return self.arn("logs", f"log-group:{name}:*")

    def configuration(self, application: str, environment: str, profile: str) -> str:
        """An AppConfig configuration, by the ids that AWS gave."""
        return self.arn(
            "appconfig", f"application/{application}/environment/{environment}/configuration/{profile}"
        )

    def via(self, service: str) -> str:
        """The value of `kms:ViaService` for calls that `service` makes for its caller."""
        return f"{service}.{self.region}.{self.dns_suffix}"

    def issuer(self, pool_id: str) -> str:
        """The issuer of the tokens of a user pool."""
        return f"https://cognito-idp.{self.region}.{self.dns_suffix}/{pool_id}"

    def token_url(self, domain_prefix: str) -> str:
        """Where the machines of a user pool get their tokens."""
        return f"https://{domain_prefix}.auth.{self.region}.amazoncognito.com/oauth2/token"

    def invocation(self, function_arn: str) -> str:
        """The URI by which API Gateway calls a function."""
        return (
            f"arn:{self.partition}:apigateway:{self.region}:lambda:path/2015-03-31/functions/"
            f"{function_arn}/invocations"
        )
