"""The codes of findings about the text of a blueprint: YAML, keys and values, files, names."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

YAML_CODES: Mapping[str, FindingCode] = {
    "unreadable-file": _error(
        "The file is there but cannot be read: it is a folder, its permissions forbid it, or it is not "
        "written in UTF-8."
    ),
    "empty-file": _error("The file has no content, or only comments."),
    "yaml-syntax": _error("The file is no valid YAML 1.2. Everything else is checked once it is."),
    "yaml-tab": _error("YAML takes only spaces before and between keys and values; a tab is an error there."),
    "yaml-unquoted-route": _error(
        "Inside of a list or a mapping that is written in brackets, braces begin a mapping. A route such as "
        "GET /orders/{id} needs quotes there; in a list with dashes it does not."
    ),
    "duplicate-key": _error(
        "A mapping has the same key twice. YAML readers would silently keep one of the two; here neither is "
        "preferred, so remove one."
    ),
    "yaml-merge-key": _error(
        "The merge key << belongs to YAML 1.1 and is not part of YAML 1.2. Aliases for whole values work, "
        "and `defaults` spares most repetition."
    ),
    "yaml-tag": _error("A tag such as !Ref changes how a value is read. Blueprints have none."),
    "yaml-alias": _error(
        "An alias (*name) names no anchor (&name) that stands complete before it, or aliases multiply to "
        "more values than any blueprint has."
    ),
    "yaml-several-documents": _error(
        "A line with --- begins another YAML document in the same file. A blueprint is one document."
    ),
}

SHAPE_CODES: Mapping[str, FindingCode] = {
    "unknown-key": _error(
        "The blueprint language has no such key here. Unknown keys are errors, because a misspelt key would "
        "otherwise be a setting that silently does nothing."
    ),
    "missing-key": _error("A key that has no default is not there."),
    "wrong-type": _error(
        "The value has another type than the key takes: a text where a number belongs, a list where a "
        "mapping belongs. In YAML 1.2 only true and false are booleans; yes, no, on and off are texts."
    ),
    "not-allowed": _error("The key takes one of a few values, and this is none of them."),
    "out-of-range": _error("The number, or the count of things, is beyond what AWS or the language takes."),
    "invalid-format": _error("The text does not have the form that is needed here."),
    "invalid-name": _error(
        "A name has characters that names cannot have. Names become parts of names on AWS: most take "
        "letters, digits, - and _ and begin with a letter; systems, environments, services, APIs and "
        "buckets take lower case letters, digits and -."
    ),
    "unquoted-account": _error(
        "An account without quotes is a number to YAML, and zeros at its beginning would be lost. Put the "
        "twelve digits into quotes."
    ),
    "unknown-trigger": _error(
        "A trigger is a mapping with a key that says what drives the function: queue, stream, table_stream, "
        "bus, schedule, bucket or topic."
    ),
    "unsupported-version": _error("This release reads version 1 of the blueprint language."),
}

STRUCTURE_CODES: Mapping[str, FindingCode] = {
    "include-not-found": _error("A file under `include` does not exist."),
    "include-matches-nothing": _warning("A pattern under `include` matches no file."),
    "include-only-services": _error(
        "An included file brings services, and nothing else: everything that services share stays in the "
        "blueprint itself, where it is seen."
    ),
    "duplicate-service": _error("Two files declare a service with the same name."),
    "path-outside-workspace": _error(
        "A path is absolute or leads out of the folder of the blueprint. Paths are relative to it, so that "
        "a blueprint means the same on every machine."
    ),
    "override-adds": _error(
        "An override names a thing that the blueprint itself does not have. Overrides change things for one "
        "environment; they do not add any."
    ),
    "override-not-allowed": _error(
        "blueprint, system, include and environments say what the system is, and are the same everywhere."
    ),
    "missing-place": _error(
        "An environment on AWS needs an account and a region. Only `target: local` goes without."
    ),
    "local-option": _warning(
        "account, profile and protect have no meaning on the local AWS; they are ignored."
    ),
}

NAME_CODES: Mapping[str, FindingCode] = {
    "name-too-long": _error(
        "A name on AWS, made of system, environment and the names in the blueprint, exceeds the limit of the "
        "service."
    ),
    "name-collision": _error("Two things would have the same name on AWS."),
    "ambiguous-environment": _error(
        "Two environments of one account are called so that a name on AWS could be of either: with `dev` and "
        "`dev-api`, `shop-dev-api-…` is an API of the one, or anything of the other. Alarms, stacks and "
        "silences are known by their names. Give one of them another name, or an account of its own."
    ),
    "reserved-name": _error("The name is taken by AWS, or by what the platform itself keeps."),
}
