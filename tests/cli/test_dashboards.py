"""`platform dashboards`: the list, the page in a real browser, figures in the terminal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from platform_cli.cli.rendering.dashboards import render_board, sparkline
from platform_cli.cli.terminal import Terminal

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop" / "blueprint.yaml"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def test_the_list_leads_to_the_console_and_says_what_is_not_made(run):
    prod = run("dashboards", "list", "--env", "prod", "--blueprint", str(SHOP))
    assert prod.code == 0
    lines = prod.out.splitlines()
    assert len(lines) == 9
    assert run("dashboards", "--env", "prod", "--blueprint", str(SHOP)) == prod
    assert lines[0].split() == [
        "overview",
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/shop-prod-overview",
    ]
    dev = run("dashboards", "list", "--env", "dev", "--blueprint", str(SHOP), "--json")
    made = {row["name"]: row["made"] for row in json.loads(dev.out)}
    assert [name for name, is_made in made.items() if is_made] == ["overview"]


def test_a_page_says_that_its_values_are_made_up_and_draws_what_is_not_made_too(run, tmp_path):
    out = tmp_path / "pages" / "orders.html"
    arguments = ("dashboards", "preview", "service-orders", "--env", "dev", "--blueprint", str(SHOP))
    outcome = run(*arguments, "--out", str(out), "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out) == {
        "path": str(out),
        "measured": False,
        "dashboards": ["service-orders"],
    }
    page = out.read_text()
    assert "Sample data: each value and state here is made up" in page
    assert "not made in this environment" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_names_from_the_blueprint_are_shown_and_not_read_as_html(run, workspace):
    path = workspace / "blueprint.yaml"
    path.write_text(
        path.read_text()
        + 'dashboards: { own: { widgets: [{ kind: text, text: "# <u>z" },'
        + ' { title: "<b>x", metrics: [{ namespace: n, name: m, label: "<i>y" }] }] } }\n'
    )
    assert run("dashboards", "preview", "own", "--env", "dev", "--out", "own.html").code == 0
    page = (workspace / "own.html").read_text()
    assert "&lt;b&gt;x" in page
    assert not re.search(r"<[biu]>", page)


def test_a_dashboard_that_is_not_known_is_said_with_the_nearest(run):
    outcome = run("dashboards", "preview", "overveiw", "--env", "dev", "--blueprint", str(SHOP))
    assert outcome.code == 2
    assert 'there is no dashboard "overveiw"' in outcome.err
    assert 'did you mean "overview"?' in outcome.err


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ([], ""),
        ([0, 0], "▁▁"),
        ([1, 4, 8], "▁▄█"),
        ([0.0] * 31 + [5.0] + [0.0] * 32, "▁" * 15 + "█" + "▁" * 16),
    ],
)
def test_a_shape_keeps_its_peaks(values, shape):
    assert sparkline(values) == shape


def test_figures_are_drawn_with_their_shape_what_is_on_and_what_has_no_data(capsys):
    from platform_cli.operate.dashboards.panels import Curve, Limit, Panel
    from platform_cli.operate.dashboards.previewing import DrawnBoard, Preview

    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    points = tuple((now - timedelta(minutes=5 * (3 - i)), value) for i, value in enumerate((0, 1, 2, 4)))
    curves = (Curve("m0", "errors", "#d62728", False, points), Curve("m1", "calls", "#1f77b4", False))
    panels = (
        Panel("text", 0, 0, 24, 1, text="## Now"),
        Panel(
            "graph",
            0,
            1,
            8,
            6,
            title="Failed",
            unit="%",
            curves=curves,
            limits=(Limit(3, "alarm", "#d62728"),),
        ),
    )
    drawn = Preview(
        "shop",
        "prod",
        (DrawnBoard("overview", "shop-prod-overview", True, panels),),
        now,
        12,
        True,
        {"shop-prod-a": "ALARM", "shop-prod-b": "OK"},
    )
    render_board(Terminal(interactive=False), drawn)
    assert capsys.readouterr().out.splitlines() == [
        "shop-prod-overview  ",
        "the 12 hours before 2026-11-21 12:00:00 UTC",
        "ALARM shop-prod-a",
        "",
        "Now",
        "  Failed (%)",
        "    errors                             4 ▁▂▄█  most 4",
        "    calls                      no data",
    ]


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ({}, []),
        ({"a": "OK", "b": "OK"}, ["none of 2 alarms is on"]),
        ({"a": "OK", "b": "INSUFFICIENT_DATA"}, ["1 of 2 alarms has no data or is not deployed"]),
        (
            dict.fromkeys("ab", "INSUFFICIENT_DATA") | {"c": "ALARM"},
            ["ALARM c", "2 of 3 alarms have no data or are not deployed"],
        ),
    ],
)
def test_that_no_alarm_is_on_is_said_only_where_all_are_seen_to_be_off(capsys, states, told):
    from platform_cli.operate.dashboards.previewing import DrawnBoard, Preview

    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    board = DrawnBoard("overview", "shop-prod-overview", True, ())
    render_board(Terminal(interactive=False), Preview("shop", "prod", (board,), now, 12, True, states))
    assert capsys.readouterr().out.splitlines()[2:] == told


@pytest.mark.parametrize(("right", "red"), [(False, 2), (True, 0)])
def test_a_limit_of_the_left_axis_says_nothing_of_a_curve_of_the_right(right, red):
    from rich.text import Text

    from platform_cli.cli.rendering.dashboards import _line
    from platform_cli.operate.dashboards.panels import Curve

    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    line = _line(Curve("m0", "calls", "#1f77b4", right, ((now, 40.0),)), 3.0)
    assert isinstance(line, Text)
    assert sum("red" in str(span.style) for span in line.spans) == red


PROBE = """<script>
addEventListener("load", () => {
  const rect = e => e.getBoundingClientRect();
  const boards = [...document.querySelectorAll(".board")].map(board => {
    const panels = [...board.querySelectorAll(".panel")];
    const boxes = panels.map(rect);
    const onEachOther = boxes.filter((a, i) => boxes.some((b, j) => i < j && a.left < b.right - 1
      && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)).length;
    const cut = panels.filter(p => p.scrollHeight > p.clientHeight + 1
      || p.scrollWidth > p.clientWidth + 1).map(p => p.innerText.slice(0, 40));
    const charts = [...board.querySelectorAll("svg:not(.spark)")];
    const beyond = charts.flatMap(svg => [...svg.querySelectorAll("text, rect, path")].filter(e => {
      const r = rect(e), box = rect(svg);
      return r.left < box.left - 2 || r.right > box.right + 2 || r.top < box.top - 2
        || r.bottom > box.bottom + 2;
    }).map(e => e.textContent || e.getAttribute("class")));
    const covered = charts.flatMap(svg => {
      const names = [...svg.querySelectorAll("text.name")];
      return names.filter((a, i) => names.some((b, j) => i < j && rect(a).left < rect(b).right - 1
        && rect(b).left < rect(a).right - 1 && rect(a).top < rect(b).bottom - 3
        && rect(b).top < rect(a).bottom - 3)).map(e => e.textContent);
    });
    const sideways = document.documentElement.scrollWidth - innerWidth;
    return {sideways, name: board.id, panels: panels.length, charts: charts.length,
      onEachOther, cut, beyond, covered};
  });
  document.body.innerHTML = "<pre id=probe>" + JSON.stringify(boards) + "</pre>";
});
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here (Debian: apt-get install chromium)")
@pytest.mark.parametrize("width", [1280, 1480])
def test_a_real_browser_draws_every_dashboard_with_nothing_cut_covered_or_beyond_its_place(
    width, run, tmp_path
):
    page, probe = tmp_path / "page.html", tmp_path / "probe.html"
    run("dashboards", "preview", "--env", "prod", "--blueprint", str(SHOP), "--out", str(page))
    # The page forbids scripts; the probe is the same page with one of the test's.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    probe.write_text(text.replace("</body>", f"{PROBE}</body>"))
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"),
            *(f"--window-size={width},2000", "--virtual-time-budget=3000", "--dump-dom", probe.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout)
    assert found is not None, done.stderr
    boards = json.loads(found[1])
    assert len(boards) == 9
    for board in boards:
        assert board["panels"] > 4, board["name"]
        assert board["charts"] > 1, board["name"]
        assert board["sideways"] <= 0, board["name"]
        for fault in ("cut", "beyond", "covered"):
            assert board[fault] == [], (board["name"], fault)
        assert board["onEachOther"] == 0, board["name"]
