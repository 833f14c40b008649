"""Lines in the embedded metric format are read by its specification, and put within the limits of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from platform_cli.blueprint.pattern_matching import Line
from platform_cli.local.embedded_metrics import read_embedded
from platform_cli.local.metric_data import Datum, Metric, put_requests

NOW = 1_795_260_000_000
EXAMPLE = {
    "_aws": {
        "Timestamp": NOW,
        "CloudWatchMetrics": [
            {
                "Namespace": "lambda-function-metrics",
                "Dimensions": [["functionVersion"]],
                "Metrics": [{"Name": "time", "Unit": "Milliseconds", "StorageResolution": 60}],
            }
        ],
    },
    "functionVersion": "$LATEST",
    "time": 100,
    "requestId": "989ffbf8-9ace-4817-a57c-e4dd734019ee",
}
"""The example of the specification (CloudWatch user guide, 2026-11)."""
TIME = Metric("lambda-function-metrics", "time", (("functionVersion", "$LATEST"),), "Milliseconds")


def read(document: Any) -> list[Datum]:
    line = Line(document if isinstance(document, str) else json.dumps(document))
    return list(read_embedded(line.document, NOW))


def changed(**members: Any) -> dict[str, Any]:
    return {**EXAMPLE, **members}


def directed(metadata: Mapping[str, Any] | None = None, **directive: Any) -> dict[str, Any]:
    """The example with other metadata, or another directive."""
    about: Any = EXAMPLE["_aws"]
    (first,) = about["CloudWatchMetrics"]
    return {**EXAMPLE, "_aws": {**about, "CloudWatchMetrics": [{**first, **directive}], **(metadata or {})}}


def test_the_example_of_the_specification_is_one_value() -> None:
    assert read(EXAMPLE) == [Datum(TIME, NOW, (100,))]


def test_each_set_of_dimensions_is_a_metric_of_its_own() -> None:
    line = {**directed(Dimensions=[["functionVersion", "region"], ["region"], []]), "region": "eu"}
    assert [datum.metric.dimensions for datum in read(line)] == [
        (("functionVersion", "$LATEST"), ("region", "eu")),
        (("region", "eu"),),
        (),
    ]


def test_several_metrics_values_and_directives_are_all_read() -> None:
    line: Any = directed(
        Metrics=[{"Name": "time"}, {"Name": "size", "Unit": "Bytes", "StorageResolution": 1}]
    )
    line["size"] = [1, 2.5, 1]
    line["_aws"]["CloudWatchMetrics"].append(
        {"Namespace": "other", "Dimensions": [[]], "Metrics": [{"Name": "time", "Unit": "Count"}]}
    )
    assert [
        (d.metric.namespace, d.metric.unit, d.metric.resolution_seconds, d.values) for d in read(line)
    ] == [
        ("lambda-function-metrics", "None", 60, (100,)),
        ("lambda-function-metrics", "Bytes", 1, (1, 2.5, 1)),
        ("other", "Count", 60, (100,)),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "no JSON with _aws",
        '{"_aws": {',
        json.dumps(EXAMPLE) + " and more",
        [EXAMPLE],
        changed(_aws=None),
        changed(_aws={"Timestamp": NOW}),
        directed({"CloudWatchMetrics": {}}),
        directed({"CloudWatchMetrics": ["time"]}),
        directed({"Timestamp": None}),
        directed({"Timestamp": "today"}),
        directed({"Timestamp": NOW - 15 * 24 * 3600 * 1000}),
        directed({"Timestamp": NOW + 3 * 3600 * 1000}),
        directed(Namespace=None),
        directed(Namespace=""),
        directed(Namespace="AWS/Lambda"),
        directed(Dimensions=None),
        directed(Dimensions=["functionVersion"]),
        directed(Dimensions=[[1]]),
        directed(Dimensions=[["nowhere"]]),
        {**directed(Dimensions=[list(map(str, range(31)))]), **{str(number): "v" for number in range(31)}},
        directed(Metrics=None),
        directed(Metrics=["time"]),
        directed(Metrics=[{"Unit": "Count"}]),
        directed(Metrics=[{"Name": "nowhere"}]),
        directed(Metrics=[{"Name": "time", "Unit": "Hours"}]),
        directed(Metrics=[{"Name": "time", "Unit": ["Count"]}]),
        directed(Metrics=[{"Name": "time", "StorageResolution": 5}]),
        directed(Metrics=[{"Name": "time"}] * 101),
        changed(time="100"),
        changed(time=True),
        changed(time=None),
        changed(time=[]),
        changed(time=[1, "2"]),
        changed(time=[1] * 101),
        changed(time=10**400),
        json.dumps(changed(time=1)).replace('"time": 1', '"time": NaN'),
        changed(functionVersion=7),
        changed(functionVersion=""),
        changed(functionVersion="v" * 1025),
        "{" * 100_000 + '"_aws"',
    ],
)
def test_what_is_not_as_specified_makes_no_value_and_no_trouble(line: Any) -> None:
    assert read(line) == []


def test_a_faulty_part_does_not_take_the_rest_along() -> None:
    line = directed(Dimensions=[["nowhere"], []], Metrics=[{"Name": "nowhere"}, {"Name": "time"}])
    assert [(datum.metric.name, datum.metric.dimensions) for datum in read(line)] == [("time", ())]


def test_a_hundred_values_are_taken() -> None:
    (datum,) = read(changed(time=list(range(100))))
    assert len(datum.values) == 100


# --- what is put --------------------------------------------------------------------------------------


def datum(value: float, at_ms: int = NOW, name: str = "Orders", namespace: str = "shop") -> Datum:
    return Datum(Metric(namespace, name, (("service", "orders"),), "Count"), at_ms, (value,))


def test_equal_values_of_a_second_are_counted_together() -> None:
    data = [datum(1), datum(1, NOW + 999), datum(7), datum(1, NOW + 1000)]
    (request,) = put_requests(data)
    first, second = request["MetricData"]
    assert first == {
        "MetricName": "Orders",
        "Dimensions": [{"Name": "service", "Value": "orders"}],
        "Timestamp": NOW // 1000,
        "Values": [1, 7],
        "Counts": [2, 1],
        "Unit": "Count",
        "StorageResolution": 60,
    }
    assert (second["Timestamp"], second["Values"]) == (NOW // 1000 + 1, [1])


def test_each_namespace_is_a_request_and_nothing_is_none() -> None:
    assert [request["Namespace"] for request in put_requests([datum(1), datum(1, namespace="b")])] == [
        "shop",
        "b",
    ]
    assert list(put_requests([])) == []


def test_requests_keep_to_the_limits_and_lose_nothing() -> None:
    many = [datum(value) for value in range(400)]
    many += [datum(1, name=f"Orders{number}") for number in range(2500)]
    requests = list(put_requests(many))
    entries = [entry for request in requests for entry in request["MetricData"]]
    assert [len(request["MetricData"]) for request in requests] == [1000, 1000, 503]
    assert max(len(entry["Values"]) for entry in entries) == 150
    assert sum(len(entry["Values"]) for entry in entries) == 2900


def test_a_request_is_below_a_megabyte() -> None:
    requests = list(put_requests(datum(1, name=f"{number:04}" + "x" * 1000) for number in range(1000)))
    assert len(requests) > 1
    assert max(len(json.dumps(request)) for request in requests) < 1_000_000
