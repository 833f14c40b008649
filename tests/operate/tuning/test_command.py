"""`platform tune-memory` as a user meets it, on models instead of an account; and its page in a browser."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from platform_cli.cli.options import GlobalOptions
from platform_cli.cli.rendering.tuning import render_tunings, verdict
from platform_cli.cli.rendering.tuning_data import tuning_data
from platform_cli.cli.rendering.tuning_history import render_ranking
from platform_cli.cli.rendering.tuning_page import page as page_of
from platform_cli.cli.rendering.tuning_plan import render_plans
from platform_cli.cli.running import run as run_command
from platform_cli.cli.session import Session
from platform_cli.cli.terminal import Terminal
from platform_cli.cli.tuning.running import write_sizes
from platform_cli.operate.tuning.choosing import Aim
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.planning import plan_run
from platform_cli.operate.tuning.pricing import LambdaPrice, lambda_prices
from platform_cli.operate.tuning.simulator import SimulatedLambda
from platform_cli.operate.tuning.tuning import tune as run_tuning

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
defaults: { memory_mb: 512, timeout_seconds: 30 }
environments:
  local: { target: local }
  dev: { account: "111111111111", region: eu-west-1 }
tables: { main: { partition_key: PK } }
services:
  orders:
    path: services/orders
    functions:
      create: { handler: orders.create.handler, access: { tables.main: read_write } }
      list: { handler: orders.list.handler, access: { tables.main: read } }
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    (tmp_path / "services" / "orders").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tune(workspace, capsys):
    """`tune("orders.create", "--simulate", "io")` gives exit code, stdout, stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run_command(["tune-memory", *arguments], Terminal(interactive=False, stdin=io.StringIO("")))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_the_answer_says_the_size_how_sure_and_what_a_wrong_choice_costs(tune):
    code, out, err = tune("orders.create", "--simulate", "mixed")
    assert code == 0
    assert re.search(r"\d+ MB instead of 512 MB: \d+% faster, \d+% (cheaper|dearer)", out)
    assert re.search(r"% sure that no other size is better by more than 3 %; a wrong choice would cost", out)
    assert "◀ best" in out
    assert "no function was called" in err
    assert "more%" not in out


def test_on_the_local_aws_it_says_why_not_and_stops(tune):
    code, out, err = tune("orders.create")
    assert (code, out) == (2, "")
    assert "error[tuning-needs-aws]" in err
    assert "--simulate" in err


def test_json_is_one_document_with_every_function(tune):
    code, out, _ = tune("orders", "--simulate", "cpu", "--aim", "speed", "--json")
    told = json.loads(out)
    assert code == 0
    assert [f["function"] for f in told["functions"]] == ["orders.create", "orders.list"]
    first = told["functions"][0]
    assert first["simulated"] == "cpu"
    assert first["chosen"]["memory_mb"] in (2048, 3008), "of one processor, both are as fast"
    assert {"low_ms", "high_ms", "mean_ms"} <= set(first["sizes"][0]["estimate"])
    assert first["missing_reports"] == 0


def test_a_dry_run_makes_no_call_and_warns_of_writing(tune):
    code, out, err = tune("--all", "--simulate", "io", "--dry-run", "--sizes", "256,1024")
    assert code == 0
    assert "24 to 400 calls" in out, "the present size is tried too: three sizes, eight calls each"
    assert "orders.create may leave something behind at each call (tables.main: read_write)" in err
    assert "orders.list may" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say which function, or --all, or --worst N"),
        (("orders", "--all"), "exclude each other"),
        (("orders", "--deploy"), "go with --apply"),
        (("orders", "--simulate", "io", "--worst", "2"), "a function, --all and --worst exclude each other"),
        (("--simulate", "io", "--worst", "2"), "a simulation says nothing about the function"),
        (("orders", "--env", "dev", "--simulate", "io", "--apply"), "written for the local AWS alone"),
        (("orders", "--simulate", "io", "--apply", "--everywhere"), "written for the local AWS alone"),
        (("--from-logs", "--history"), "exclude each other"),
        (("orders.create", "--simulate", "none"), 'there is no model "none"'),
        (("orders.crate", "--simulate", "io"), 'did you mean "orders.create"?'),
        (("orders", "--simulate", "io", "--aim", "cheap"), '"cheap" is no aim'),
        (("orders", "--simulate", "io", "--sizes", "64"), "64 MB is no memory size of Lambda"),
        (("orders.create", "--simulate", "io", "--from-tests"), "there are no test events for create"),
        (("orders.create", "--simulate", "io", "--payload", "{"), "the payload is not JSON"),
    ],
)
def test_wrong_usage_is_told_before_any_call(tune, arguments, said):
    code, out, err = tune(*arguments)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--max-spend-usd", "cheap", "'--max-spend-usd': Input should be a valid number"),
        ("--max-spend-usd", "-1", "'--max-spend-usd': Input should be greater than or equal to 0"),
        ("--max-spend-usd", "nan", "'--max-spend-usd': Input should be greater"),
        ("--max-spend-usd", "inf", "--max-spend-usd takes a number"),
        ("--max-spend-usd", "0", "do not pay for one call of 3008 MB"),
        ("--max-spend-usd", "0.00001", "timeout of 30 s"),
        ("--p95-limit-ms", "fast", "'--p95-limit-ms': Input should be a valid number"),
        ("--p95-limit-ms", "-5", "'--p95-limit-ms': Input should be greater than or equal to 0"),
        ("--p95-limit-ms", "inf", "--p95-limit-ms takes a number"),
        ("--max-cost-increase", "10%", "'--max-cost-increase': Input should be a valid number"),
        ("--max-cost-increase", "inf", "--max-cost-increase takes a number"),
        ("--certainty", "100", "'--certainty': Input should be less than or equal to 99.9"),
        ("--certainty", "nan", "'--certainty': Input should be"),
        ("--max-invocations", "0", "'--max-invocations': Input should be greater than or equal to 1"),
        ("--max-invocations", "1.5", "'--max-invocations': Input should be a valid integer"),
        ("--concurrency", "33", "'--concurrency': Input should be less than or equal to 32"),
        ("--days", "0", "'--days': Input should be greater than or equal to 1"),
        ("--worst", "0", "'--worst': Input should be greater than or equal to 1"),
        ("--sizes", "128;256", '"128;256" is no list of memory sizes'),
        ("--sizes", "", '"" is no list of memory sizes'),
        ("--sizes", "128,20000", "20000 MB is no memory size of Lambda"),
        ("--aim", "nan", '"nan" is no aim'),
        ("--aim", "1.5", '"1.5" is no aim'),
    ],
)
def test_a_limit_that_makes_no_sense_is_told_by_its_name_before_any_call(tune, option, value, said):
    code, out, err = tune("orders.create", "--simulate", "io", option, value)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


def test_a_dry_run_without_logs_has_a_price_too(tune):
    _, out, _ = tune("orders.create", "--simulate", "io", "--dry-run")
    assert re.search(r"at most [\d.]+ USD, were each to run into the timeout of 30 s; its logs hold no", out)


def test_old_prices_are_said_to_be_old_in_every_answer(
    function, around, client_of, settings_of, sizes, mixed, capsys
):
    by_age = {}
    for old in (False, True):
        prices = {"arm64": LambdaPrice(0.0000133334, 0.0000002, "a test", "2024-01-02", old=old)}
        settings = settings_of(sizes(512, 1024), prices=prices)
        tuning = run_tuning(function, settings, [Payload(b"{}")], around(client_of(mixed)), lanes=1)
        terminal = Terminal(interactive=False)
        render_tunings(terminal, [tuning], {}, {}, "dev")
        render_ranking(terminal, [], 7, "dev", prices)
        render_plans(terminal, [plan_run("f.g", settings, sizes(512)[0], None)], prices)
        by_age[old] = " ".join(capsys.readouterr().err.split()), page_of([tuning])
    assert by_age[False][0].count("prices as of 2024-01-02 (a test)") == 3
    assert "Prices as of 2024-01-02 (a test)" in by_age[False][1]
    assert not any("older than a year" in text for text in by_age[False])
    assert by_age[True][0].count("older than a year, `platform cost refresh` fetches today's") == 3
    assert "older than a year" in by_age[True][1]


def test_prices_are_old_after_a_year():
    dated = date.fromisoformat(lambda_prices("eu-west-1")["arm64"].date)
    for days, old in ((365, False), (366, True)):
        assert lambda_prices("eu-west-1", today=dated + timedelta(days))["arm64"].old is old


def test_what_extensions_take_is_told_where_reports_say_it(
    function, around, client_of, settings_of, sizes, mixed, capsys
):
    settings = settings_of(sizes(512, 1024))
    plain = run_tuning(function, settings, [Payload(b"{}")], around(client_of(mixed)), lanes=1)
    billed = [replace(o, extension_ms=7.5 if o.kind == "warm" else 99.0) for o in plain.race.observations]
    choice = plain.race.choice
    candidates = tuple(
        replace(c, estimate=replace(c.estimate, billed_extra_ms=8.25)) for c in choice.candidates
    )
    slow = replace(plain.race, choice=replace(choice, candidates=candidates))
    known = replace(plain, race=replace(slow, observations=tuple(billed)))
    render_tunings(Terminal(interactive=False), [plain], {}, {}, "dev")
    assert "is billed" not in capsys.readouterr().err
    render_tunings(Terminal(interactive=False), [known], {}, {}, "dev")
    said = "is billed 8.2 ms beyond what the handler takes: by its reports, extensions take 7.5 ms"
    assert said in " ".join(capsys.readouterr().err.split())
    assert said in page_of([known])
    assert (tuning_data(known)["extension_ms"], tuning_data(plain)["extension_ms"]) == (7.5, None)
    assert "which only reports in JSON tell" in page_of([replace(plain, race=slow)])


def test_a_joint_certainty_below_the_stated_one_is_told_with_its_figure(
    function, around, client_of, settings_of, sizes, mixed, capsys
):
    tuning = run_tuning(
        function, settings_of(sizes(512, 1024)), [Payload(b"{}")], around(client_of(mixed)), lanes=1
    )
    race = replace(tuning.race, stopped="each-decided", choice=replace(tuning.race.choice, certainty=0.86))
    found = replace(tuning, race=race)
    render_tunings(Terminal(interactive=False), [found], {}, {}, "dev")
    said = "it stopped when each size was decided by itself; for all of them together that is 86 %"
    assert said in " ".join(capsys.readouterr().err.split())
    assert said in page_of([found])


def test_a_dry_run_says_what_a_limit_of_money_allows(tune):
    code, out, _ = tune("orders.create", "--simulate", "io", "--dry-run", "--max-spend-usd", "0.01")
    assert code == 0
    said = re.search(r"--max-spend-usd 0.01 is never exceeded: it pays for at least (\d+) calls", out)
    assert said is not None
    assert 8 < int(said[1]) < 400
    code, out, _ = tune("orders.create", "--simulate", "io", "--dry-run", "--max-spend-usd", "0.01", "--json")
    (plan,) = json.loads(out)["functions"]
    assert (plan["budget_usd"], plan["budget_calls"]) == (0.01, int(said[1]))


def test_what_the_logs_rule_out_is_named_in_table_json_and_page(
    function, around, client_of, settings_of, sizes, mixed, capsys
):
    settings = settings_of(sizes(128, 512, 1024, 2048), known_memory_mb=420)
    tuning = run_tuning(function, settings, [Payload(b"{}")], around(client_of(mixed)), lanes=1)
    reason = "the function used up to 420 MB by its logs, and a quarter more must be left"
    render_tunings(Terminal(interactive=False), [tuning], {}, {}, "dev")
    assert re.search(rf"^ *128 MB .*{reason}$", capsys.readouterr().out, re.MULTILINE)
    assert {"variant": sizes(128)[0], "reason": reason} in tuning_data(tuning)["dropped"]
    assert f"<td>128</td>{'<td></td>' * 7}<td>{reason}</td>" in page_of([tuning])
    # The size in use was measured all the same, and says what it is.
    assert f"<td>now; {reason}</td>" in page_of([tuning])
    assert [t for t in tuning_data(tuning)["sizes"] if t.variant == tuning.settings.present]


def test_the_page_names_the_limits_that_were_typed(tune, workspace):
    limits = ("--p95-limit-ms", "550", "--max-cost-increase", "20", "--max-spend-usd", "0.02")
    tune("orders.create", "--simulate", "memory", *limits, "--html", "page.html")
    told = "Limits: p95 of 550 ms, +20% of the present cost, 0.02 USD for all calls."
    assert told in (workspace / "page.html").read_text()


def test_a_size_near_a_limit_is_named_with_what_it_may_be(
    function, around, client_of, settings_of, sizes, mixed
):
    def run(aim):
        settings = settings_of(sizes(512, 1024, 2048), aim=aim, max_invocations=24)
        return run_tuning(function, settings, [Payload(b"{}")], around(client_of(mixed, 3)), lanes=1)

    (small,) = (c for c in run(Aim(1.0)).race.choice.candidates if c.variant.memory_mb == 512)
    said = "\n".join(verdict(run(Aim(1.0, p95_limit_ms=small.estimate.p95_ms - 0.1))))
    assert re.search(r"do not say for sure: .*512 MB \(p95 \d+ to \d+ ms\)", said)


def test_applying_writes_the_sizes_of_all_functions_and_says_where(
    workspace, around, settings_of, sizes, mixed
):
    session = Session(GlobalOptions(environment="dev"), Terminal(interactive=False))
    functions = session.environment.services["orders"].functions.values()
    tunings = [
        run_tuning(
            f,
            settings_of(sizes(512, 1024, 2048)),
            [Payload(b"{}")],
            around(SimulatedLambda(mixed, 1, name=f.physical_name)),
            lanes=1,
        )
        for f in functions
    ]
    written = write_sizes(session, SimpleNamespace(everywhere=False), tunings)
    chosen = {t.address: t.race.choice.chosen.memory_mb for t in tunings}
    assert written == {
        address: [
            f"environments.dev.overrides.services.orders.functions.{address.split('.')[1]}.memory_mb: {mb}"
        ]
        for address, mb in chosen.items()
    }
    fresh = Session(GlobalOptions(environment="dev"), Terminal(interactive=False))
    assert {f.address: f.memory_mb for f in fresh.environment.functions} == chosen
    assert 512 not in chosen.values()


def test_json_stays_one_document_so_it_does_not_go_with_a_deployment(tune):
    code, out, err = tune("orders", "--simulate", "io", "--apply", "--deploy", "--json")
    assert code == 2
    assert "--json is one document: leave --deploy out" in out + err


def test_sizes_of_a_simulation_can_be_written_for_the_local_aws(tune, workspace):
    code, _, err = tune("orders.create", "--simulate", "cpu", "--aim", "speed", "--apply")
    assert code == 0
    written = re.search(
        r"wrote environments.local.overrides.services.orders.functions.create.memory_mb: (\d+)", err
    )
    assert written is not None
    assert f"memory_mb: {written[1]}" in (workspace / "blueprint.yaml").read_text()


# --- the page -------------------------------------------------------------------------------------


class Outside(HTMLParser):
    """Everything in a page that a browser would fetch, or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base"):
            self.found.append(tag)
        self.found += [
            f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "style") and tag != "span"
        ]


@pytest.fixture
def page(tune, workspace) -> Path:
    code, _, _ = tune("orders.create", "--simulate", "memory", "--aim", "cost", "--html", "out/page.html")
    assert code == 0
    return workspace / "out" / "page.html"


def test_the_page_needs_nothing_but_itself(page):
    text = page.read_text()
    outside = Outside()
    outside.feed(text)
    assert outside.found == []
    assert "url(" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_the_page_shows_curves_intervals_front_chosen_size_and_cold_starts(page):
    text = page.read_text()
    assert text.count("<svg") == 4
    assert text.count('class="interval time"') == text.count('class="interval cost"') >= 6
    assert 'class="line front"' in text
    assert text.count('chosen"') >= 4, "in three charts and in the table"
    assert 'class="init"' in text
    assert "it timed out in 1 of 1 calls" in text, "128 MB is told though it could not be measured"


def test_a_name_is_shown_and_not_read_as_html():
    from platform_cli.cli.rendering.charts import Point, curve_chart

    chart = curve_chart('<b>"', "<i>", [("<u>", [Point(128, 1, 1, 2, note="<s>")])], "time")
    assert not re.search(r"<[bius]>", chart)


def test_no_name_stands_on_the_line_of_the_front():
    from platform_cli.cli.rendering.charts import Point, front_chart

    # Fast and dear, slow and cheap; the line comes to the last one from above, on the left.
    front = [
        Point(20, 8, 8, 8, "3008 arm64"),
        Point(200, 2, 2, 2, "512 arm64"),
        Point(900, 1, 1, 1, "128 arm64"),
    ]
    chart = front_chart("cost against time", front, front)
    line = [
        tuple(map(float, at)) for at in re.findall(r"[ML]([\d.]+) ([\d.]+)", chart.split('"line front"')[1])
    ]
    names = re.findall(r'class="name" text-anchor="(\w+)" x="([\d.]+)" y="([\d.]+)"', chart)
    assert [side for side, _, _ in names] == ["start", "start", "end"]
    for (side, x, y), (dot_x, dot_y) in zip(names, line[:3], strict=True):
        beside, above = float(x) - dot_x, float(y) < dot_y
        assert (beside > 0, above) == ((True, True) if side == "start" else (False, False))


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here (Debian: apt-get install chromium)")
@pytest.mark.parametrize(("width", "more", "charts"), [(390, (), 4), (1200, ("--architectures",), 5)])
def test_a_real_browser_draws_all_of_it_without_a_fault(tune, workspace, tmp_path, width, more, charts):
    """What the browser made of the page: every text inside its chart, nothing wider than the window."""
    tune("orders.create", "--simulate", "mixed", "--html", "page.html", *more)
    page, probe = workspace / "page.html", tmp_path / "probe.html"
    script = """<script>
      addEventListener("load", () => {
        const out = [...document.querySelectorAll("svg")].map(svg => {
          const box = svg.getBoundingClientRect();
          const beyond = [...svg.querySelectorAll("text, circle, rect, path")].filter(e => {
            const r = e.getBoundingClientRect();
            return r.left < box.left - 2 || r.right > box.right + 2
              || r.top < box.top - 2 || r.bottom > box.bottom + 2;
          }).length;
          const names = [...svg.querySelectorAll("text")].map(e => e.getBoundingClientRect());
          const covered = names.filter((a, i) => names.some((b, j) => i < j && a.left < b.right - 1
            && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)).length;
          return {width: Math.round(box.width), height: Math.round(box.height), beyond, covered};
        });
        document.body.innerHTML = "<pre id=probe>" + JSON.stringify({
          charts: out, overflow: document.documentElement.scrollWidth - innerWidth}) + "</pre>";
      });
    </script>"""
    # The page forbids scripts; the probe is the same page with one of the test's.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    probe.write_text(text.replace("</body>", f"{script}</body>"))
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
    told = json.loads(found[1])
    assert len(told["charts"]) == charts
    for chart in told["charts"]:
        assert chart["width"] > 200
        assert chart["height"] > 100
        assert chart["beyond"] == 0
        assert chart["covered"] == 0, "no text covers another"
    assert told["overflow"] <= 0
