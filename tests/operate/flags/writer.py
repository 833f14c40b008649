"""A process that sets one flag in an AppConfig behind HTTP; run by the test with eight of them."""

from __future__ import annotations

import io
import json
import sys
import urllib.error
import urllib.request
from typing import Any

from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.operate.flags.intents import SetFlag
from platform_cli.operate.flags.publishing import Publisher
from platform_cli.operate.flags.store import FlagsHome, FlagStore, Profile


class Remote:
    """The operations of the fake, over HTTP."""

    target = Target("123456789012", "eu-west-1")

    def __init__(self, url: str) -> None:
        self._url = url

    def client(self, name: str) -> Remote:
        return self

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            if "Content" in request:
                request["Content"] = request["Content"].decode()
            body = json.dumps(request).encode()
            try:
                with urllib.request.urlopen(f"{self._url}/{operation}", body) as response:
                    answer = json.load(response)
            except urllib.error.HTTPError as error:
                raise ClientError({"Error": json.load(error)}, operation) from None
            if "Content" in answer:
                answer["Content"] = io.BytesIO(answer["Content"].encode())
            return answer

        return call


def main(url: str, name: str) -> None:
    home = FlagsHome("a1", "e1", Profile("p1", "flags", "AWS.AppConfig.FeatureFlags"))
    store = FlagStore(home, Remote(url))  # type: ignore[arg-type]
    print("ready", flush=True)
    sys.stdin.readline()
    change = Publisher(store, "slow", poll_seconds=0.1).publish([SetFlag(name, True)])
    print(change.result, change.ours)


if __name__ == "__main__":
    main(*sys.argv[1:])
