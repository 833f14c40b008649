"""What changes between two templates."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.assembly.differences import ResourceChange, TemplateDifference, ValueChange, diff_templates

WHENCE = "services.orders.functions.create"
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Handler": "orders.create",
        "MemorySize": 512,
        "Environment": {"Variables": {"CURRENCY": "EUR", "TABLE": {"Ref": "Table"}}},
    },
    "DependsOn": ["Role", "Policy"],
    "Metadata": {
        "aws:cdk:path": "shop/orders/create",
        "platform:blueprint": "services.orders.functions.create",
    },
}
TEMPLATE: dict[str, Any] = {"Resources": {"Create": FUNCTION}, "Outputs": {"Arn": {"Value": "x"}}}


def changed(*path_and_value: Any) -> dict[str, Any]:
    """The template with one value set."""
    template = copy.deepcopy(TEMPLATE)
    *path, last, value = path_and_value
    node: Any = template
    for name in path:
        node = node.setdefault(name, {})
    node[last] = value
    return template


def test_a_first_deployment_adds_everything() -> None:
    difference = diff_templates(None, TEMPLATE)

    assert difference == TemplateDifference(
        resources=(ResourceChange("add", "Create", "AWS::Lambda::Function", blueprint_path=WHENCE),),
        outputs_changed=True,
        other_changed=False,
    )


def test_a_resource_that_goes_keeps_its_place_in_the_blueprint() -> None:
    (change,) = diff_templates(TEMPLATE, {"Resources": {}, "Outputs": TEMPLATE["Outputs"]}).resources

    assert (change.action, change.blueprint_path) == ("remove", WHENCE)


def test_a_change_names_properties_and_the_values_inside() -> None:
    new = changed("Resources", "Create", "Properties", "Environment", "Variables", "CURRENCY", "CHF")
    new["Resources"]["Create"]["Properties"]["MemorySize"] = 1024
    del new["Resources"]["Create"]["Properties"]["Handler"]

    (change,) = diff_templates(TEMPLATE, new).resources

    assert change.properties == ("Environment", "Handler", "MemorySize")
    assert [str(value) for value in change.values] == [
        'Environment.Variables.CURRENCY: "EUR" → "CHF"',
        'Handler: - "orders.create"',
        "MemorySize: 512 → 1024",
    ]


def test_an_intrinsic_function_is_shown_whole() -> None:
    new = changed("Resources", "Create", "Properties", "Environment", "Variables", "TABLE", {"Ref": "Other"})

    (change,) = diff_templates(TEMPLATE, new).resources

    assert change.values == (
        ValueChange("Environment.Variables.TABLE", '{"Ref": "Table"}', '{"Ref": "Other"}'),
    )


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("DeletionPolicy", "Retain"), ("Type", "AWS::Lambda::Version"), ("DependsOn", ["Role"])],
)
def test_an_attribute_beside_the_properties_counts(attribute: str, value: object) -> None:
    (change,) = diff_templates(TEMPLATE, changed("Resources", "Create", attribute, value)).resources

    assert (change.action, change.properties) == ("change", (attribute,))


@pytest.mark.parametrize(
    "new",
    [
        changed("Resources", "Create", "Metadata", {"aws:cdk:path": "elsewhere", "aws:asset:path": "x"}),
        changed("Resources", "Create", "DependsOn", ["Policy", "Role"]),
        changed("Resources", "CDKMetadata", {"Type": "AWS::CDK::Metadata", "Properties": {"A": 2}}),
        changed("Conditions", "CDKMetadataAvailable", {"Fn::Equals": [1, 1]}),
        changed("Rules", "CheckBootstrapVersion", {"Assertions": []}),
        changed("Parameters", "BootstrapVersion", {"Type": "String"}),
        changed("Outputs", "Arn", {"Value": "x", "Description": "said anew"}),
        changed("Description", "anew"),
    ],
    ids=["paths", "order", "metadata", "condition", "rule", "parameter", "output description", "description"],
)
def test_what_cloudformation_would_not_act_on_is_no_difference(new: dict[str, Any]) -> None:
    assert diff_templates(TEMPLATE, new).empty


def test_metadata_that_somebody_else_reads_is_a_difference() -> None:
    new = changed("Resources", "Create", "Metadata", "AWS::CloudFormation::Init", {"config": {}})

    assert diff_templates(TEMPLATE, new).resources[0].properties == ("Metadata",)


def test_outputs_and_other_sections_are_told_apart() -> None:
    outputs = diff_templates(TEMPLATE, changed("Outputs", "Arn", {"Value": "y"}))
    others = diff_templates(TEMPLATE, changed("Parameters", "Size", {"Type": "Number"}))

    assert (outputs.outputs_changed, outputs.other_changed, outputs.empty) == (True, False, False)
    assert (others.outputs_changed, others.other_changed, others.empty) == (False, True, False)


names = st.text("abc", max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
properties = st.dictionaries(st.sampled_from("ABC"), json_values, max_size=3)


@given(properties, properties)
def test_two_resources_differ_exactly_if_their_properties_do(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    def template(body: dict[str, Any]) -> dict[str, Any]:
        return {"Resources": {"R": {"Type": "T", "Properties": body}}}

    def present(node: Any) -> Any:
        """A name with the value null says the same as no name."""
        if isinstance(node, dict):
            return {name: present(value) for name, value in node.items() if value is not None}
        return node

    difference = diff_templates(template(old), template(new))

    assert difference.empty == (present(old) == present(new))
    assert set(difference.resources[0].properties if difference.resources else ()) <= {*old, *new}
