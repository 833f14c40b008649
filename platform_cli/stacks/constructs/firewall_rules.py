"""The rules of a web ACL, in the order in which AWS WAF asks them.

The order is the reason for this module: who is trusted comes first, then what costs nothing to know (address,
country, rate), then what has to look into the request.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence

from aws_cdk import aws_wafv2 as waf

from platform_cli.blueprint.resolved import ResolvedFirewall
from platform_cli.stacks.firewalls import metric_name
from platform_cli.stacks.logical import pascal

_Acl = waf.CfnWebACL
_Statement = _Acl.StatementProperty

MANAGED: Mapping[str, str] = {
    "ip_reputation": "AWSManagedRulesAmazonIpReputationList",
    "anonymous_ip": "AWSManagedRulesAnonymousIpList",
    "core": "AWSManagedRulesCommonRuleSet",
    "known_bad_inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "admin_protection": "AWSManagedRulesAdminProtectionRuleSet",
    "sql_injection": "AWSManagedRulesSQLiRuleSet",
    "linux": "AWSManagedRulesLinuxRuleSet",
    "unix": "AWSManagedRulesUnixRuleSet",
    "bot_control": "AWSManagedRulesBotControlRuleSet",
}
"""AWS's names of its groups, in the order in which they are asked."""

RATE_WINDOW_SECONDS = 300

AddressSets = Callable[[str, int], str]
"""`allow` or `block` and 4 or 6, to the ARN of the set of these addresses."""


def rules_of(firewall: ResolvedFirewall, addresses: AddressSets) -> list[_Acl.RuleProperty]:
    """The rules, in their order.

    Args:
        firewall: The firewall.
        addresses: Gives the sets of its addresses.
    """
    made = list(_rules(firewall, addresses))
    return [
        _Acl.RuleProperty(
            name=name,
            priority=priority,
            statement=statement,
            action=action,
            override_action=override,
            visibility_config=visibility(firewall, name),
        )
        for priority, (name, statement, action, override) in enumerate(made)
    ]


def visibility(firewall: ResolvedFirewall, name: str) -> _Acl.VisibilityConfigProperty:
    """A metric for each rule, so that counting shows what blocking would do."""
    return _Acl.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True,
        metric_name=metric_name(firewall, name),
        sampled_requests_enabled=True,
    )


def versions(blocks: Sequence[str]) -> dict[int, list[str]]:
    """Blocks by their version of IP: a set has one only."""
    found: dict[int, list[str]] = {}
    for block in blocks:
        found.setdefault(ipaddress.ip_network(block).version, []).append(block)
    return dict(sorted(found.items()))


_Made = tuple[str, _Statement, _Acl.RuleActionProperty | None, _Acl.OverrideActionProperty | None]


def _rules(firewall: ResolvedFirewall, addresses: AddressSets) -> Iterator[_Made]:
    if firewall.allow_ips:
        allow = _Acl.RuleActionProperty(allow=_Acl.AllowActionProperty())
        yield "allow-ips", _any(_listed("allow", firewall.allow_ips, addresses)), allow, None
    if firewall.block_ips:
        listed = _any(_listed("block", firewall.block_ips, addresses))
        yield "block-ips", listed, _action(firewall, "block_ips"), None
    if firewall.blocked_countries:
        countries = _Acl.GeoMatchStatementProperty(country_codes=list(firewall.blocked_countries))
        statement = _Statement(geo_match_statement=countries)
        yield "blocked-countries", statement, _action(firewall, "blocked_countries"), None
    if firewall.rate_limit_per_5_minutes:
        rate = _Acl.RateBasedStatementProperty(
            limit=firewall.rate_limit_per_5_minutes,
            aggregate_key_type="IP",
            evaluation_window_sec=RATE_WINDOW_SECONDS,
        )
        yield "rate-limit", _Statement(rate_based_statement=rate), _action(firewall, "rate_limit"), None
    for name, group in MANAGED.items():
        if name in firewall.managed:
            yield f"managed-{name.replace('_', '-')}", _managed(name, group), None, _override(firewall, name)
    for key, wanted, matcher in (
        ("sql-injection", firewall.sql_injection, _sql_injection),
        ("cross-site-scripting", firewall.cross_site_scripting, _cross_site_scripting),
    ):
        if wanted:
            only_counts = wanted == "count" or firewall.mode == "count"
            yield key, _any([matcher(field) for field in _fields()]), _block_or_count(only_counts), None


def _counts(firewall: ResolvedFirewall, rule: str) -> bool:
    return firewall.mode == "count" or rule in firewall.count


def _action(firewall: ResolvedFirewall, rule: str) -> _Acl.RuleActionProperty:
    return _block_or_count(_counts(firewall, rule))


def _block_or_count(counts: bool) -> _Acl.RuleActionProperty:
    if counts:
        return _Acl.RuleActionProperty(count=_Acl.CountActionProperty())
    return _Acl.RuleActionProperty(block=_Acl.BlockActionProperty())


def _override(firewall: ResolvedFirewall, rule: str) -> _Acl.OverrideActionProperty:
    """A group brings its own actions; they are left as they are, or all of them only count."""
    return _Acl.OverrideActionProperty(**{"count" if _counts(firewall, rule) else "none": {}})


def _listed(which: str, blocks: Sequence[str], addresses: AddressSets) -> list[_Statement]:
    return [
        _Statement(
            ip_set_reference_statement=_Acl.IPSetReferenceStatementProperty(arn=addresses(which, version))
        )
        for version in versions(blocks)
    ]


def _any(statements: Sequence[_Statement]) -> _Statement:
    if len(statements) == 1:
        return statements[0]
    return _Statement(or_statement=_Acl.OrStatementProperty(statements=list(statements)))


def _managed(name: str, group: str) -> _Statement:
    bots = _Acl.ManagedRuleGroupConfigProperty(
        aws_managed_rules_bot_control_rule_set=_Acl.AWSManagedRulesBotControlRuleSetProperty(
            inspection_level="COMMON"
        )
    )
    return _Statement(
        managed_rule_group_statement=_Acl.ManagedRuleGroupStatementProperty(
            vendor_name="AWS",
            name=group,
            managed_rule_group_configs=[bots] if name == "bot_control" else None,
        )
    )


def _fields() -> list[_Acl.FieldToMatchProperty]:
    """What is searched: the body, as the values of its JSON or else as a text, and the query string.

    Of a body, AWS hands over the first 16 KB; what is beyond is not searched, rather than refused.
    """
    body = _Acl.JsonBodyProperty(
        match_pattern=_Acl.JsonMatchPatternProperty(all={}),
        match_scope="ALL",
        invalid_fallback_behavior="EVALUATE_AS_STRING",
        oversize_handling="CONTINUE",
    )
    return [_Acl.FieldToMatchProperty(json_body=body), _Acl.FieldToMatchProperty(query_string={})]


def _decoded() -> list[_Acl.TextTransformationProperty]:
    """As it is written, and as a server could read it: both layers of decoding, one after the other."""
    return [
        _Acl.TextTransformationProperty(priority=0, type="URL_DECODE"),
        _Acl.TextTransformationProperty(priority=1, type="HTML_ENTITY_DECODE"),
    ]


def _sql_injection(field: _Acl.FieldToMatchProperty) -> _Statement:
    return _Statement(
        sqli_match_statement=_Acl.SqliMatchStatementProperty(
            field_to_match=field, text_transformations=_decoded(), sensitivity_level="LOW"
        )
    )


def _cross_site_scripting(field: _Acl.FieldToMatchProperty) -> _Statement:
    match = _Acl.XssMatchStatementProperty(field_to_match=field, text_transformations=_decoded())
    return _Statement(xss_match_statement=match)


def address_set_id(firewall: str, which: str, version: int) -> str:
    """Logical id of a set of addresses."""
    return f"Firewall{pascal(firewall)}{which.capitalize()}Ipv{version}"
