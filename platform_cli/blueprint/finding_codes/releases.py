"""The codes of findings about concurrency, fast starts, releases and traces of functions."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

RELEASE_CODES: Mapping[str, FindingCode] = {
    "concurrency-limits": _error("Provisioned concurrency cannot exceed reserved concurrency."),
    "account-concurrency": _error(
        "All that functions reserve or keep warm in one account and region comes out of one quota, 1,000 in "
        "most accounts, and Lambda refuses what would leave less than 100 for the functions that reserve "
        "nothing. Environments in the same account and region share it. Where AWS granted more, or less, say "
        "so as `account_concurrency` of the environment."
    ),
    "provisioned-during-release": _notice(
        "While a release leads calls to two versions, the alias has weights, and Lambda refuses any change "
        "of its provisioned concurrency: by a deployment that changes `min` or the code with it, and by "
        "target tracking, which waits until the release is through. Change `provisioned` in a deployment of "
        "its own, and choose `min` so that it bears a release."
    ),
    "snap-start-unsupported": _error(
        "SnapStart serves managed runtimes from python3.12 on, with at most 512 MB of /tmp, and not together "
        "with provisioned concurrency."
    ),
    "sampling-without-effect": _warning(
        "X-Ray's sampling rules are asked by APIs of kind rest. HTTP APIs take no part in traces, and Lambda "
        "traces the first request of each second and 5 % of the others, which AWS lets nobody change."
    ),
    "release-without-alarms": _warning(
        "A new version takes over step by step, and no alarm watches it: it reaches everybody in the end, "
        "however bad it is. Name alarms under `release`, and contacts under `alarms`: without contacts there "
        "are no alarms."
    ),
    "release-without-callers": _warning(
        "Nothing calls the function through its alias: no route, no trigger, no `access` of another one. "
        "Whoever calls it by hand with its plain name reaches the newest code at once, whatever the release "
        "does."
    ),
    "flags-release-without-alarms": _warning(
        "Changes of flags reach everybody step by step, or are observed for a while, and nothing would take "
        "one back; or alarms are named that cannot, since a change is through at once. AppConfig rolls back "
        "by itself, whether a command watches or not, as long as a change is on its way or observed: write "
        "`alarms: [errors]` and `bake_minutes` under `flags_release`, and contacts under `alarms`."
    ),
    "invalid-flags-release": _error(
        "Steps belong to the strategies `linear` and `exponential`. Alarms that take changes of flags back "
        "must be there before the flags: `errors`, which watches the functions that read flags, and alarms "
        "of queues, tables and streams. An alarm must not be switched off, and AppConfig watches five."
    ),
    "invalid-release": _error(
        "A hook is another function of the same service, which itself is called without an alias, as are "
        "functions that rotate secrets: neither can have a `release`, `snap_start` or provisioned "
        "concurrency. An alarm that guards a release must not be switched off."
    ),
}
