"""What the demo says when something is not as it should be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Answers = dict[str, tuple[int, Any]]


@pytest.fixture
def serve() -> Iterator[Callable[[Answers], str]]:
    """A server that answers each `METHOD /path` as told, and everything else with 404."""
    servers: list[ThreadingHTTPServer] = []

    def start(answers: Answers) -> str:
        class Told(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, body = answers.get(f"{self.command} {self.path}", (404, {"code": "unknown-route"}))
                data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = _answer

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def run_demo(shop_folder: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    if path is not None:
        environment["PATH"] = path
    command = [sys.executable, str(shop_folder / "demo.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


WELL = {"status": "ok", "checks": {"table": "ok"}}


def test_a_step_that_fails_ends_the_demo_with_what_came_back(serve: Any, shop_folder: Path) -> None:
    url = serve(
        {"GET /health": (200, WELL), "POST /auth/register": (500, {"detail": "Something went wrong"})}
    )
    done = run_demo(shop_folder, "--url", url)
    assert done.returncode == 1
    assert (
        done.stdout
        == f"The shop at {url}\n\n  1  ok  The shop is well       GET /health 200\n         table ok\n"
    )
    assert done.stderr == (
        "  failed Register: expected 201, but POST /auth/register answered 500: "
        '{"detail": "Something went wrong"}\n'
    )


def test_an_answer_of_another_shape_is_a_failed_step(serve: Any, demo: ModuleType) -> None:
    with pytest.raises(demo.StepFailed, match="The shop is well: the answer lacks 'checks'"):
        demo.run_scenario(serve({"GET /health": (200, {})}), lambda step: None)


def test_a_shop_that_is_down_is_a_failed_step_and_no_traceback(shop_folder: Path) -> None:
    done = run_demo(shop_folder, "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "http://127.0.0.1:9 does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_code_is_the_one_of_the_latest_mail_to_the_address(serve: Any, demo: ModuleType) -> None:
    def mail(to: str, text: str, timestamp: int) -> dict[str, Any]:
        return {"To": [to], "BodyText": text, "BodyHtml": None, "Timestamp": timestamp}

    mails = [
        mail("ada@example.com", "Your verification code is 111111.", 1),
        mail("ada@example.com", "Your verification code is 222222.", 2),
        mail("bob@example.com", "Your verification code is 333333.", 3),
    ]
    url = serve({"GET /_ministack/ses/messages": (200, {"messages": {"000000000000": mails}})})
    assert demo.code_from_local_mail(f"{url}/_aws/execute-api/abc", "ada@example.com") == "222222"
    with pytest.raises(demo.StepFailed, match="no mail with a code to eve@"):
        demo.code_from_local_mail(url, "eve@example.com")


def test_a_code_cannot_be_read_from_a_shop_elsewhere(demo: ModuleType) -> None:
    with pytest.raises(demo.StepFailed, match="e-mail"):
        demo.code_from_local_mail("https://abc.execute-api.eu-west-1.amazonaws.com", "ada@example.com")


def test_an_environment_that_does_not_exist_is_said(shop_folder: Path) -> None:
    done = run_demo(shop_folder, "--env", "nowhere")
    assert done.returncode == 1
    assert "there is no shop in the environment nowhere" in done.stderr
    assert "platform deploy --env nowhere" in done.stderr
    assert "Traceback" not in done.stderr
