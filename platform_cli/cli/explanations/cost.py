"""What `platform cost` can refuse."""

from __future__ import annotations

COST = {
    "invalid-amount": (
        "A number of requests is written as 500000, 500k, 1M or 2.5M; commas and underscores are passed over."
    ),
    "invalid-month": (
        "A month is written as 2026-10, and must have begun: AWS bills nothing of the future, and nothing of "
        "a month on its first day."
    ),
    "no-bill": (
        "The local AWS costs nothing, so there is no bill to read and there are no prices to fetch for it. "
        "Name an environment on AWS with --env."
    ),
    "no-git": (
        "`--compare` was given something that is no file, so it must be a revision of git; git is not "
        "installed, or not on the PATH. Install it, or compare with another file."
    ),
    "no-such-revision": (
        "`--compare` was given something that is neither a file nor a revision that git knows in this "
        "repository, or the revision does not have the blueprint yet. `git log -- blueprint.yaml` lists "
        "those that have."
    ),
    "unreadable-prices": (
        "The file of fetched prices in the user's cache cannot be read, or is not what `platform cost "
        "refresh` writes. Delete it, and the bundled prices are used; or fetch the prices anew."
    ),
    "unwritable-prices": (
        "The fetched prices cannot be kept in the user's cache. Give yourself the right to write there, or "
        "name another folder with the variable PLATFORM_CACHE_DIR."
    ),
}
