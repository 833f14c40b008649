"""What a blueprint that has the right shape can still have wrong, one module a subject.

In: a `Context`. Out: findings, in its collector. Never: reading anything but whether folders exist, and
whether code has the name of a metric.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from platform_cli.blueprint.checks.address_lists import check_address_lists, check_fixed_addresses
from platform_cli.blueprint.checks.addresses import check_networks, check_placement
from platform_cli.blueprint.checks.alarms import check_alarms, check_contacts
from platform_cli.blueprint.checks.analytics import check_analytics
from platform_cli.blueprint.checks.api_sizes import check_api_sizes
from platform_cli.blueprint.checks.apis import check_apis, check_routes
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.cors import check_cors
from platform_cli.blueprint.checks.costs import (
    check_budgets,
    check_cost_anomalies,
    check_cost_monitors,
    check_cost_recipients,
)
from platform_cli.blueprint.checks.cycles import check_cycles
from platform_cli.blueprint.checks.data import (
    check_buckets,
    check_one_region,
    check_secrets,
    check_tables,
)
from platform_cli.blueprint.checks.databases import check_caches, check_databases, check_login_names
from platform_cli.blueprint.checks.domains import check_domains, check_shared_names
from platform_cli.blueprint.checks.edge import check_cdns, check_load_balancers
from platform_cli.blueprint.checks.effects import check_effects, check_setting_sizes
from platform_cli.blueprint.checks.environments import check_environments
from platform_cli.blueprint.checks.event_types import check_event_types, check_taken_types
from platform_cli.blueprint.checks.events import check_consumers, check_driven, check_queues
from platform_cli.blueprint.checks.fifo import check_topics
from platform_cli.blueprint.checks.firewalls import check_firewalls
from platform_cli.blueprint.checks.flags import check_flags_release
from platform_cli.blueprint.checks.log_metrics import check_log_metrics
from platform_cli.blueprint.checks.logins import check_logins
from platform_cli.blueprint.checks.names import check_names
from platform_cli.blueprint.checks.needless_alarms import check_needless_alarms
from platform_cli.blueprint.checks.networks import (
    check_endpoints,
    check_homes,
    check_network_sizes,
    check_reach,
)
from platform_cli.blueprint.checks.operations import check_backups, check_dashboards, check_escapes
from platform_cli.blueprint.checks.production import check_production
from platform_cli.blueprint.checks.profile import check_profile
from platform_cli.blueprint.checks.projections import check_projections
from platform_cli.blueprint.checks.promises import check_metrics, check_objectives
from platform_cli.blueprint.checks.protection import check_protection, check_told
from platform_cli.blueprint.checks.readers import check_readers
from platform_cli.blueprint.checks.references import check_access, check_other_references, check_triggers
from platform_cli.blueprint.checks.regions import check_regions
from platform_cli.blueprint.checks.releases import (
    check_account_concurrency,
    check_changing_warmth,
    check_releases,
    check_starts,
)
from platform_cli.blueprint.checks.rest import check_rest
from platform_cli.blueprint.checks.scopes import check_machines
from platform_cli.blueprint.checks.services import check_functions, check_services, check_variable_names
from platform_cli.blueprint.checks.settings import check_settings
from platform_cli.blueprint.checks.sign_ins import check_sign_ins
from platform_cli.blueprint.checks.streams import check_sources
from platform_cli.blueprint.checks.tracing import check_sampling
from platform_cli.blueprint.checks.usage import check_unused

Check = Callable[[Context], None]

CHECKS: tuple[Check, ...] = (
    check_environments,
    check_regions,
    check_access,
    check_triggers,
    check_other_references,
    check_sign_ins,
    check_machines,
    check_apis,
    check_cors,
    check_routes,
    check_api_sizes,
    check_rest,
    check_domains,
    check_cdns,
    check_load_balancers,
    check_event_types,
    check_taken_types,
    check_queues,
    check_topics,
    check_consumers,
    check_driven,
    check_sources,
    check_readers,
    check_projections,
    check_analytics,
    check_cycles,
    check_tables,
    check_buckets,
    check_databases,
    check_caches,
    check_login_names,
    check_secrets,
    check_settings,
    check_effects,
    check_setting_sizes,
    check_networks,
    check_firewalls,
    check_address_lists,
    check_placement,
    check_logins,
    check_network_sizes,
    check_homes,
    check_reach,
    check_endpoints,
    check_services,
    check_functions,
    check_starts,
    check_releases,
    check_changing_warmth,
    check_flags_release,
    check_sampling,
    check_variable_names,
    check_backups,
    check_contacts,
    check_alarms,
    check_budgets,
    check_cost_anomalies,
    check_cost_recipients,
    check_dashboards,
    check_objectives,
    check_metrics,
    check_log_metrics,
    check_escapes,
    check_profile,
    check_one_region,
)
"""Run on the blueprint, and again for each environment with overrides."""


def check_variant(context: Context) -> None:
    """Check the blueprint in one environment, or without overrides."""
    for check in CHECKS:
        check(context)


def check_whole(contexts: Sequence[Context]) -> None:
    """Check what depends on all environments together; the first context is the blueprint itself."""
    check_unused(contexts)
    check_account_concurrency(contexts)
    check_cost_monitors(contexts)
    check_fixed_addresses(contexts)
    check_shared_names(contexts)
    check_needless_alarms(contexts)
    check_protection(contexts)
    check_production(contexts)
    check_told(contexts)
    check_names(contexts)
