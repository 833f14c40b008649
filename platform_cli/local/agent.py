"""The stand-in for the AppConfig Agent: one small HTTP server that handlers read their flags from.

Run as `python -m platform_cli.local.agent`. It answers the agent's documented request
`GET /applications/A/environments/E/configurations/C[?flag=…]`, takes the evaluation context from
`Context` headers (`key=value`, several by comma or by repeating the header), and reads what is
deployed from the local AWS. Unlike the agent, which polls every 45 seconds, it asks again when its
answer is older than a second, so that a changed flag shows at once. As the one process of ours that runs
throughout, it also ends the local AWS of a workspace that was deleted, takes traces (see `traces`), and
ends mutes of alarms when their time is over.

Standard library only, but for who looks after mutes while there are any; see docs/local.md for the
differences.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from platform_cli.local.counting import count_metrics
from platform_cli.local.flags import Agent, AgentError, AppConfigData
from platform_cli.local.mutes import keep
from platform_cli.local.state import LocalFolder
from platform_cli.local.traces import collect_traces, trace_store
from platform_cli.local.watching import watch

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients

_PATH = re.compile(r"/applications/([^/]+)/environments/([^/]+)/configurations/([^/]+)/?")


def read_context(headers: Sequence[str]) -> dict[str, str]:
    """The evaluation context in `Context` headers: `plan=pro, country=DE`."""
    context: dict[str, str] = {}
    for pair in ",".join(headers).split(","):
        key, separator, value = pair.partition("=")
        if separator and key.strip():
            context[key.strip()] = value.strip()
    return context


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "appconfig-agent-stand-in"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/ping":
            return self._send(HTTPStatus.OK, b"ok", "text/plain")
        path = _PATH.fullmatch(url.path)
        if path is None:
            return self._refuse(AgentError(HTTPStatus.NOT_FOUND, {"Message": f"no such path: {url.path}"}))
        name = (unquote(path[1]), unquote(path[2]), unquote(path[3]))
        flags = [key for given in parse_qs(url.query).get("flag", []) for key in given.split(",") if key]
        context = read_context(self.headers.get_all("Context") or [])
        try:
            answer = self._agent.answer(name, list(dict.fromkeys(flags)), context)
        except AgentError as error:
            return self._refuse(error)
        return self._send(HTTPStatus.OK, answer.content, answer.content_type, answer.label)

    @property
    def _agent(self) -> Agent:
        server = self.server
        assert isinstance(server, _Server)
        return server.agent

    def _refuse(self, error: AgentError) -> None:
        self._send(error.status, json.dumps(error.document).encode(), "application/json")

    def _send(self, status: int, content: bytes, content_type: str, label: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        if label:
            self.send_header("Version-Label", label)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log refusals only: handlers ask often."""
        if len(arguments) > 1 and str(arguments[1]).startswith(("4", "5")):
            sys.stderr.write(f"{self.log_date_time_string()} {format % arguments}\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], agent: Agent) -> None:
        super().__init__(address, _Handler)
        self.agent = agent

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A handler that goes away while it is answered is none of our business."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def create_server(host: str, port: int, agent: Agent) -> ThreadingHTTPServer:
    """A server that is bound, and serves when told to; port 0 means any."""
    return _Server((host, port), agent)


def _clients(host: str, port: int) -> Clients:
    from platform_cli.aws.clients import Clients
    from platform_cli.local.server import LocalAws

    return Clients(LocalAws(port, 0, f"http://{host}:{port}").target)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="platform_cli.local.agent")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--aws-host", default="127.0.0.1")
    parser.add_argument("--aws-port", type=int, required=True)
    parser.add_argument("--token", help="marks the process as one of this tool's")
    parser.add_argument("--workspace", type=Path, help="ends with everything of it when that is gone")
    options = parser.parse_args(arguments)
    agent = Agent(AppConfigData(options.aws_host, options.aws_port))
    server = create_server(options.host, options.port, agent)
    if options.workspace:
        collect_traces(trace_store(LocalFolder(options.workspace)), options.host, options.port)
        count_metrics(LocalFolder(options.workspace).counted, options.aws_host, options.aws_port)
    if options.workspace and options.token:

        def watch_workspace() -> None:
            watch(LocalFolder(options.workspace), options.token)
            server.shutdown()

        threading.Thread(target=watch_workspace, daemon=True).start()
    aws = (options.aws_host, options.aws_port)
    threading.Thread(target=keep, args=(*aws, lambda: _clients(*aws)), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
