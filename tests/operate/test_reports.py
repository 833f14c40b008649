"""The report of an invocation, as Lambda writes it in text and in JSON."""

from __future__ import annotations

import json

import pytest

from platform_cli.operate.reports import InvocationReport, parse_report

COLD = (
    "REPORT RequestId: 5f1a\tDuration: 12.53 ms\tBilled Duration: 183 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 71 MB\tInit Duration: 169.88 ms\t\n"
)
RESTORED = (
    "REPORT RequestId: 5f1a\tDuration: 2.50 ms\tBilled Duration: 9 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 71 MB\tRestore Duration: 300.10 ms\tBilled Restore Duration: 6 ms\t"
)
CRASHED = (
    "REPORT RequestId: 5f1a\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 128 MB\tStatus: error\tError Type: Runtime.ExitError"
)


@pytest.mark.parametrize(
    ("line", "report"),
    [
        (COLD, InvocationReport("5f1a", 12.53, 183, 512, 71, 169.88, None)),
        (COLD.split("\tInit")[0], InvocationReport("5f1a", 12.53, 183, 512, 71, None, None)),
        (RESTORED, InvocationReport("5f1a", 2.5, 9, 512, 71, None, 300.1, 6)),
        ("REPORT RequestId: 5f1a\tStatus: timeout", InvocationReport("5f1a", status="timeout")),
        (CRASHED, InvocationReport("5f1a", 50, 50, 128, 128, status="error", error_type="Runtime.ExitError")),
        (
            json.dumps(
                {
                    "type": "platform.report",
                    "record": {
                        "requestId": "5f1a",
                        "metrics": {
                            "durationMs": 1.5,
                            "billedDurationMs": 2,
                            "memorySizeMB": 512,
                            "maxMemoryUsedMB": 70,
                        },
                    },
                }
            ),
            InvocationReport("5f1a", 1.5, 2, 512, 70, None, None),
        ),
        (
            json.dumps(
                {
                    "type": "platform.report",
                    "record": {
                        "requestId": "5f1a",
                        "status": "timeout",
                        "metrics": {
                            "durationMs": 3000,
                            "restoreDurationMs": 90,
                            "billedRestoreDurationMs": 5,
                        },
                        "spans": [{"name": "extensionOverhead", "durationMs": 7.5}],
                    },
                }
            ),
            InvocationReport(
                "5f1a", 3000, restore_ms=90, billed_restore_ms=5, status="timeout", extension_ms=7.5
            ),
        ),
        ("START RequestId: 5f1a", None),
        ('{"message": "REPORT RequestId: 5f1a"}', None),
        ('{"type": "platform.report"', None),
        ("", None),
    ],
)
def test_a_missing_figure_is_missing_and_not_zero(line: str, report: InvocationReport | None) -> None:
    assert parse_report(line) == report
