"""The checks of access: what is said to who may, may not, or is not who the blueprint means."""

import hashlib
import json
from datetime import timedelta

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.model import Verdict

REGIONS = {
    "Regions": [
        {"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "eu-south-1", "OptInStatus": "not-opted-in"},
    ]
}
LIMITS = {
    "ConcurrentExecutions": 1000,
    "UnreservedConcurrentExecutions": 900,
    "TotalCodeSize": 80_000_000_000,
}


def profiled(name):
    return f"""\
blueprint: 1
system: shop
owner: t
environments: {{ dev: {{ account: "111111111111", region: {name}, profile: shop-dev }} }}
"""


def test_credentials_of_the_right_account_are_well(doctor):
    result = doctor().says("credentials")

    assert (result.verdict, result.summary) == (
        Verdict.OK,
        "account 111111111111 in eu-west-1, as the blueprint says",
    )


def test_credentials_of_another_account_name_both(doctor):
    other = {"Account": "999999999999", "UserId": "u", "Arn": "arn:aws:iam::999999999999:user/u"}
    result = doctor(answers={"sts": {"GetCallerIdentity": other}}).says("credentials")

    assert result.verdict is Verdict.FAILURE
    assert "999999999999" in result.summary
    assert "111111111111" in result.summary


def test_expired_credentials_say_how_to_sign_in(doctor, refused):
    answers = {"sts": {"GetCallerIdentity": refused("ExpiredToken")}}
    result = doctor(answers=answers).says("credentials")

    assert result.verdict is Verdict.FAILURE
    assert "aws sso login" in result.mend


@pytest.mark.parametrize(("env", "verdict"), [(None, Verdict.SKIPPED), ("dev", Verdict.FAILURE)])
def test_having_no_credentials_is_a_failure_only_for_who_names_an_environment(doctor, env, verdict):
    def connect(environment, root):
        raise PlatformError("there are none", code="no-credentials")

    assert doctor(env=env, connect=connect).says("credentials").verdict is verdict


def test_the_local_aws_needs_no_credentials(doctor):
    assert doctor(env="local").says("credentials").verdict is Verdict.SKIPPED


def sign_in(tmp_path, expires, **more):
    home = tmp_path / "home"
    (home / ".aws" / "sso" / "cache").mkdir(parents=True, exist_ok=True)
    (home / ".aws" / "config").write_text(
        "[profile shop-dev]\nsso_session = work\n[sso-session work]\nsso_region = eu-west-1\n"
    )
    if expires is not None:
        token = {"expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%SZ"), "accessToken": "hidden", **more}
        name = hashlib.sha1(b"work").hexdigest()
        (home / ".aws" / "sso" / "cache" / f"{name}.json").write_text(json.dumps(token))


@pytest.mark.parametrize(
    ("hours", "more", "verdict", "word"),
    [
        (8, {}, Verdict.OK, "holds until"),
        (0.5, {}, Verdict.WARNING, "expires in 30 min"),
        (-1, {}, Verdict.FAILURE, "has expired"),
        (-1, {"refreshToken": "r", "registrationExpiresAt": "2099-01-01T00:00:00Z"}, Verdict.OK, "renews"),
        (
            -1,
            {"refreshToken": "r", "registrationExpiresAt": "2020-01-01T00:00:00Z"},
            Verdict.FAILURE,
            "expired",
        ),
        (None, {}, Verdict.FAILURE, "never made"),
    ],
)
def test_how_long_a_sign_in_holds(doctor, tmp_path, now, hours, more, verdict, word):
    sign_in(tmp_path, None if hours is None else now + timedelta(hours=hours), **more)
    result = doctor(head=profiled("eu-west-1")).says("sign-in")

    assert result.verdict is verdict
    assert word in result.summary
    assert "hidden" not in repr(result)


def test_who_does_not_sign_in_has_nothing_that_expires(doctor, tmp_path, now):
    assert doctor(head=profiled("eu-west-1")).says("sign-in").verdict is Verdict.SKIPPED
    sign_in(tmp_path, now)
    keys = {"AWS_ACCESS_KEY_ID": "AKIA"}
    assert doctor(head=profiled("eu-west-1"), variables=keys).says("sign-in").verdict is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("region", "verdict", "mend"),
    [
        ("eu-west-1", Verdict.OK, ""),
        ("eu-south-1", Verdict.FAILURE, "aws account enable-region --region-name eu-south-1"),
        ("eu-west-9", Verdict.FAILURE, "region: eu-west-1"),
    ],
)
def test_a_region_has_to_exist_and_to_be_enabled(doctor, region, verdict, mend):
    answers = {"ec2": {"DescribeRegions": REGIONS}}
    result = doctor(head=profiled(region), answers=answers).says("region")

    assert result.verdict is verdict
    assert mend in result.mend


def test_a_region_of_copies_has_to_be_enabled_too(doctor):
    answers = {"ec2": {"DescribeRegions": REGIONS}}
    copied = "buckets: {{ receipts: {{ versioned: true, replicas: [{}] }} }}\n"
    closed = doctor(copied.format("eu-south-1"), answers=answers).says("region")
    assert closed.verdict is Verdict.FAILURE
    assert "enable-region --region-name eu-south-1" in closed.mend

    unknown = doctor(copied.format("eu-west-2"), answers=answers).says("region")
    assert unknown.verdict is Verdict.FAILURE
    assert unknown.mend == "correct eu-west-2 in the blueprint: there is eu-west-1"

    opened = {"Regions": [{**told, "OptInStatus": "opted-in"} for told in REGIONS["Regions"]]}
    well = doctor(copied.format("eu-south-1"), answers={"ec2": {"DescribeRegions": opened}}).says("region")
    assert well.summary == "the regions eu-west-1, eu-south-1 are enabled"


def test_who_may_not_ask_for_regions_is_told_so(doctor, refused):
    answers = {"ec2": {"DescribeRegions": refused("UnauthorizedOperation")}}

    assert doctor(answers=answers).says("region").verdict is Verdict.SKIPPED


def quotas(peak=100.0, reserved=100, quota=None):
    metric = {"Id": "m0", "Label": "peak", "Timestamps": ["2026-11-20T00:00:00Z"], "Values": [peak]}
    return {
        "lambda": {
            "GetAccountSettings": {
                "AccountLimit": {**LIMITS, "UnreservedConcurrentExecutions": 1000 - reserved},
                "AccountUsage": {"TotalCodeSize": 1_000_000},
            }
        },
        "iam": {"GetAccountSummary": {"SummaryMap": {"Roles": 10, "RolesQuota": 1000}}},
        "cloudformation": {"DescribeStacks": {"Stacks": []}},
        "cloudwatch": {"GetMetricData": {"MetricDataResults": [metric]}},
        "service-quotas": {"GetServiceQuota": quota or {"Quota": {"Value": 2000.0}}},
    }


@pytest.mark.parametrize(
    ("peak", "reserved", "verdict"),
    [
        (100, 100, Verdict.OK),
        (850, 100, Verdict.WARNING),
        (990, 100, Verdict.FAILURE),
        (1, 900, Verdict.WARNING),
    ],
)
def test_limits_that_are_near(doctor, peak, reserved, verdict):
    result = doctor(answers=quotas(float(peak), reserved)).says("quotas")

    assert result.verdict is verdict
    if verdict is not Verdict.OK:
        assert len(result.evidence) == 1


def test_a_limit_that_is_near_in_another_region_of_the_system_is_found(doctor):
    answers = {**quotas(), "us-west-2": quotas(peak=990.0)}
    result = doctor(
        "buckets: { receipts: { versioned: true, replicas: [us-west-2] } }\n", answers=answers
    ).says("quotas")

    assert result.verdict is Verdict.FAILURE
    assert result.evidence == (
        "Lambda calls at once, at the peak of 14 days, in us-west-2: 990 of 1,000 (99%)",
    )


def test_without_the_right_to_read_quotas_the_default_counts(doctor, refused):
    answers = quotas(quota=refused("AccessDeniedException"))

    assert "CloudFormation stacks: 0 of 2,000 (0%)" in doctor(answers=answers).says("quotas").evidence


def test_without_the_right_to_look_at_the_account_limits_are_skipped(doctor, refused):
    answers = {**quotas(), "lambda": {"GetAccountSettings": refused("AccessDeniedException")}}

    assert doctor(answers=answers).says("quotas").verdict is Verdict.SKIPPED
