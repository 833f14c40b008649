"""Use the deployed shop over HTTP, as a customer would, and show each step with what came back.

    python demo.py                        the shop on the local AWS of this machine
    python demo.py --env dev              the shop in another environment of the blueprint
    python demo.py --url https://…        a shop anywhere

Nothing is prepared: each run registers a new customer with a random e-mail address. The local AWS keeps the
mails that it would send, so the confirmation code is read from there; on AWS it asks you for the code, so
give it an address of yours with `--email`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REQUEST_TIMEOUT_SECONDS = 60
PATIENCE_SECONDS = 60
SHOWN_CHARACTERS = 2000

ReadCode = Callable[[str], str]
"""From an e-mail address to the confirmation code that was sent there."""


@dataclass(frozen=True)
class Step:
    """What was done, and what came back."""

    title: str
    request: str
    status: int
    result: str
    seconds: float


Report = Callable[[Step], None]


@dataclass(frozen=True)
class Outcome:
    """What the scenario left behind."""

    email: str
    user_id: str
    token: str
    order: Mapping[str, Any]
    notification: Mapping[str, Any]


class StepFailed(Exception):
    """A step did not give what it should; the message says which, and what came back."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    request: str
    status: int
    text: str
    seconds: float

    @property
    def body(self) -> Any:
        """The body as JSON; None if it is not."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    def __str__(self) -> str:
        text = self.text if len(self.text) <= SHOWN_CHARACTERS else f"{self.text[:SHOWN_CHARACTERS]} …"
        return f"{self.request} answered {self.status}: {text or '(nothing)'}"


class Client:
    """Speaks JSON with one API."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token
        local = _is_local(self.base_url)
        # A proxy of the surroundings has no business between this machine and itself.
        self._opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))

    def __call__(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask; an answer of any status is an answer.

        Args:
            body: A text or bytes as they are, anything else as JSON.

        Raises:
            StepFailed: Nobody answers.
        """
        sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
        if data is None and body is not None:
            data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base_url}{path}", data=data, method=method, headers=sent)
        started = time.monotonic()
        try:
            with self._opener.open(request, timeout=REQUEST_TIMEOUT_SECONDS) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read()
        except OSError as error:
            raise StepFailed(f"{method} {path}: {self.base_url} does not answer ({error})") from error
        seconds = time.monotonic() - started
        return Answer(f"{method} {path}", status, text.decode(errors="replace"), seconds)


def run_scenario(
    base_url: str, report: Report, *, email: str | None = None, read_code: ReadCode | None = None
) -> Outcome:
    """A customer's way through the shop: from the registration to the notification of the order.

    Args:
        base_url: Of the API.
        report: Called after each step.
        email: Of the new customer; a random one without it.
        read_code: Where the confirmation code comes from; without it, from the mails of the local AWS.

    Raises:
        StepFailed: At the first step that does not give what it should.
    """
    email = email or f"ada-{secrets.token_hex(4)}@example.com"
    password = f"Aa1-{secrets.token_urlsafe(16)}"
    read_code = read_code or (lambda address: code_from_local_mail(base_url, address))
    call = Client(base_url)

    def expect(status: int, title: str, answer: Answer, result: Callable[[Any], str]) -> Any:
        if answer.status != status:
            raise StepFailed(f"{title}: expected {status}, but {answer}")
        try:
            text = result(answer.body)
        except (KeyError, TypeError, IndexError) as error:
            raise StepFailed(f"{title}: the answer lacks {error}; {answer}") from error
        report(Step(title, answer.request, answer.status, text, answer.seconds))
        return answer.body

    expect(200, "The shop is well", call("GET", "/health"), lambda b: f"table {b['checks']['table']}")

    account = {"email": email, "password": password}
    registered = expect(
        201, "Register", call("POST", "/auth/register", account), lambda b: f"{email} is user {b['user_id']}"
    )
    code = read_code(email)
    confirmation = call("POST", "/auth/confirm", {"email": email, "code": code})
    expect(204, "Confirm", confirmation, lambda _: f"with the code {code} from the e-mail")

    login = expect(
        200,
        "Log in",
        call("POST", "/auth/login", account),
        lambda b: f"a token of {len(b['access_token'])} characters, good for {b['expires_in_seconds']} s",
    )
    call = Client(base_url, login["access_token"])

    wanted = {"items": [{"sku": "coffee-mug", "quantity": 2}, {"sku": "tea-towel", "quantity": 1}]}
    order = expect(
        201,
        "Create an order",
        call("POST", "/orders", wanted, headers={"Idempotency-Key": secrets.token_hex(8)}),
        lambda b: f"order {b['order_id'][:8]} of {_money(b)}, {b['status']}",
    )
    path = f"/orders/{order['order_id']}"
    read = expect(
        200, "Read it back", call("GET", path), lambda b: f"the same {len(b['items'])} items, {_money(b)}"
    )
    if read != order:
        raise StepFailed(f"Read it back: {read} is not what was created: {order}")

    # The index follows the table within moments, not at once.
    orders = _patiently(
        lambda: call("GET", "/orders"), lambda a: _named(a, "orders", "order_id", order["order_id"])
    )
    expect(
        200, "List my orders", orders, lambda b: f"{len(b['orders'])} order, {b['orders'][0]['order_id'][:8]}"
    )

    started = time.monotonic()
    told = _patiently(
        lambda: call("GET", "/notifications"),
        lambda a: _named(a, "notifications", "order_id", order["order_id"]),
    )
    waited = time.monotonic() - started
    notifications = expect(
        200,
        "See the notification",
        told,
        lambda b: f'"{b["notifications"][0]["text"]}" after {waited:.1f} s, by bus, queue and function',
    )
    return Outcome(
        email, registered["user_id"], login["access_token"], order, notifications["notifications"][0]
    )


def code_from_local_mail(base_url: str, email: str) -> str:
    """The code in the latest mail to an address, from the mails that the local AWS keeps.

    Raises:
        StepFailed: The API is not on this machine, or there is no such mail.
    """
    if not _is_local(base_url):
        raise StepFailed("Confirm: the code went out by e-mail, and nobody can ask for it here")
    parts = urlsplit(base_url)
    mails = Client(f"{parts.scheme}://127.0.0.1:{parts.port}")("GET", "/_ministack/ses/messages")
    accounts = (mails.body or {}).get("messages", {}) if mails.status == 200 else {}
    mine = [mail for kept in accounts.values() for mail in kept if email in mail["To"]]
    for mail in sorted(mine, key=lambda mail: str(mail["Timestamp"]), reverse=True):
        code = re.search(r"\b[0-9]{6}\b", f"{mail['BodyText']} {mail.get('BodyHtml') or ''}")
        if code:
            return code[0]
    raise StepFailed(f"Confirm: the local AWS has sent no mail with a code to {email}; {mails}")


def _patiently(ask: Callable[[], Answer], found: Callable[[Answer], bool]) -> Answer:
    """Ask until it is found; the last answer. Anything but 200 ends the wait."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = 0.1
    while True:
        answer = ask()
        if answer.status != 200 or found(answer):
            return answer
        if time.monotonic() > deadline:
            raise StepFailed(f"waited {PATIENCE_SECONDS} s in vain; {answer}")
        time.sleep(pause)
        pause = min(pause * 1.5, 1.0)


def _named(answer: Answer, collection: str, key: str, value: str) -> bool:
    items = (answer.body or {}).get(collection, [])
    return any(item.get(key) == value for item in items)


def _money(order: Mapping[str, Any]) -> str:
    return f"{order['total_cents'] // 100}.{order['total_cents'] % 100:02d} {order['currency']}"


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")


# --- the command ---------------------------------------------------------------------------------


def find_url(environment: str) -> str:
    """The API's address, from `platform status`.

    Raises:
        StepFailed: Nothing is deployed there, or the state cannot be read.
    """
    beside = Path(sys.executable).with_name("platform")
    command = [str(beside) if beside.is_file() else "platform", "status", "--env", environment, "--json"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    except OSError as error:
        raise StepFailed(f"`platform status` cannot be started: {error}") from error
    try:
        url = json.loads(done.stdout)["urls"]["public"]
    except (ValueError, KeyError, TypeError):
        said = done.stderr.strip() or done.stdout.strip() or f"`platform status` ended with {done.returncode}"
        raise StepFailed(
            f"there is no shop in the environment {environment}; deploy it with "
            f"`platform deploy --env {environment}`\n{said}"
        ) from None
    return str(url)


def main() -> int:
    """Run the scenario and show it; 0 if every step gave what it should, otherwise 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--url", help="base address of the API")
    where.add_argument("--env", default="local", help="environment of the blueprint (default: local)")
    parser.add_argument("--email", help="address of the new customer (default: a random one)")
    arguments = parser.parse_args()

    numbers = iter(range(1, 100))
    green, red, dim, plain = _colours()

    def show(step: Step) -> None:
        print(
            f"{green}{next(numbers):3}  ok{plain}  {step.title:<22} {dim}{step.request}{plain} {step.status}"
        )
        print(f"         {step.result}", flush=True)

    try:
        url = arguments.url or find_url(arguments.env)
        print(f"The shop at {url}\n", flush=True)
        asks = not _is_local(url) and sys.stdin.isatty()
        run_scenario(url, show, email=arguments.email, read_code=_ask_for_code if asks else None)
    except StepFailed as error:
        print(f"{red}  failed{plain} {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("\nEvery step gave what it should.")
    return 0


def _ask_for_code(email: str) -> str:
    return input(f"         The code that was sent to {email}: ").strip()


def _colours() -> tuple[str, str, str, str]:
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        return "\033[32m", "\033[31m", "\033[2m", "\033[0m"
    return "", "", "", ""


if __name__ == "__main__":
    sys.exit(main())
