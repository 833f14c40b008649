"""The generated program runs in a real Flink, with files in the place of streams; heavy, so every night."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.package.flink import main_of
from platform_cli.package.uv_command import find_uv

FLINK = ("apache-flink==1.20.3", "setuptools<80")
"""What `FLINK-1_20` runs; Beam, which it brings, still asks for `pkg_resources`."""
BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { dev: { account: "111111111111", region: eu-west-1 } }
streams: { orders: {}, order-figures: {} }
analytics:
  figures:
    sql: figures.sql
    from:
      orders:
        columns: { order_id: STRING, total: "DECIMAL(10, 2)", placed_at: TIMESTAMP_LTZ(3) }
        event_time: placed_at
    into:
      order-figures:
        columns: { window_start: TIMESTAMP_LTZ(3), orders: BIGINT, revenue: "DECIMAL(20, 2)" }
"""
SQL = """\
INSERT INTO order_figures
SELECT window_start, COUNT(*), SUM(total)
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(event_time), INTERVAL '5' MINUTES))
GROUP BY window_start, window_end;
"""
ORDERS = """\
{"order_id":"1","total":10.50,"placed_at":"2026-11-21T10:01:00Z"}
{"order_id":"2","total":5.25,"placed_at":"2026-11-21T10:04:59.999Z"}
no json at all
{"order_id":"3","total":1,"placed_at":"2026-11-21T10:05:00Z"}
"""


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("java") is None, reason="Flink needs a Java on this machine")
def test_five_minute_windows_count_orders_and_revenue_and_bear_what_is_no_json(tmp_path: Path) -> None:
    uv, python = find_uv(), tmp_path / "flink" / "bin" / "python"
    for command in (
        [uv, "venv", "--quiet", "--python", "3.11", str(tmp_path / "flink")],
        [uv, "pip", "install", "--quiet", "--python", str(python), *FLINK],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"Flink cannot be installed here: {done.stderr[-300:]}")
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    (tmp_path / "figures.sql").write_text(SQL)
    came, went = tmp_path / "came", tmp_path / "went"
    came.mkdir()
    (came / "orders.json").write_text(ORDERS)
    environment = resolve(inspect_blueprint(tmp_path / "blueprint.yaml"), "dev")
    (tmp_path / "main.py").write_text(main_of(environment.analytics["figures"], tmp_path))
    groups = {
        "table.orders": {"connector": "filesystem", "path": str(came), "source.init.position": ""},
        "table.order_figures": {"connector": "filesystem", "path": str(went)},
    }
    properties = tmp_path / "application_properties.json"
    properties.write_text(
        json.dumps([{"PropertyGroupId": name, "PropertyMap": values} for name, values in groups.items()])
    )
    ran = subprocess.run(
        [str(python), "main.py"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PLATFORM_FLINK_PROPERTIES": str(properties)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    files = [path for path in went.rglob("*") if path.is_file()]
    figures = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    assert sorted(figures, key=lambda figure: figure["window_start"]) == [
        {"window_start": "2026-11-21T10:00:00Z", "orders": 2, "revenue": 15.75},
        {"window_start": "2026-11-21T10:05:00Z", "orders": 1, "revenue": 1},
    ]
