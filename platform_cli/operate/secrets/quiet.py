"""Errors of calls that carry a value: translated, and cut off from the original, which may repeat it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import is_aws_error, translate


@contextmanager
def quiet_errors(doing: str, clients: Clients) -> Iterator[None]:
    """As `aws_errors`, for requests and answers that hold a value.

    A traceback shows the chain of errors with all their texts, and botocore's checks of a request repeat
    what is wrong with it; so here the chain ends.

    Raises:
        PlatformError: In place of an error of boto3; anything else passes.
    """
    try:
        yield
    except Exception as error:
        if not is_aws_error(error):
            raise
        raise translate(error, doing, target=clients.target) from None
