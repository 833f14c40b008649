"""Logs, traces and metrics of a service.

The only module that knows the tracing library: moving to another one is a change here.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

Handler = Callable[[dict[str, Any], LambdaContext], Any]


@dataclass(frozen=True)
class Observability:
    """The tools of one service.

    Attributes:
        service: The service's name in the blueprint, a field of each log line and the dimension of each
            metric.
        logger: JSON lines; `extra={…}` adds fields. Give it ids, never names, addresses or bodies.
    """

    service: str
    logger: Logger
    tracer: Tracer
    metrics: Metrics

    def count(self, name: str, value: float = 1) -> None:
        """Add to the metric `name`; written with the invocation's log, so it costs no request."""
        self.measure(name, value, MetricUnit.Count)

    def measure(self, name: str, value: float, unit: MetricUnit = MetricUnit.NoUnit) -> None:
        """Add a value, such as an amount in cents, to the metric `name`; written as `count` does."""
        self.metrics.add_metric(name=name, unit=unit, value=value)

    def annotate(self, **values: str | None) -> None:
        """Let the present trace be found by these: ids and routes, never names, addresses or bodies."""
        for name, value in values.items():
            if value:
                self.tracer.put_annotation(name, value)

    def pseudonym(self, user_id: str) -> str:
        """The same 16 characters for a user in every trace of an environment, from which nobody is known."""
        namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "services")
        return hashlib.sha256(f"{namespace}/{user_id}".encode()).hexdigest()[:16]

    def watch(self, function: Handler) -> Handler:
        """Log context, a trace segment and metrics around a Lambda handler.

        Neither events nor answers are logged or traced: both may be personal. Of an exception, the trace has
        no more than the SDK notes by itself: its type, its message and where it was raised.
        """

        @functools.wraps(function)
        def measured(event: dict[str, Any], context: LambdaContext) -> Any:
            self.annotate(request_id=context.aws_request_id)
            try:
                return function(event, context)
            finally:
                if self.metrics.provider.metric_set:
                    self.metrics.flush_metrics()

        traced = self.tracer.capture_lambda_handler(measured, capture_response=False, capture_error=False)
        logged: Handler = self.logger.inject_lambda_context(traced, log_event=False, clear_state=True)
        return logged


def observability(module: str) -> Observability:
    """The tools of the service that `module` (usually `__name__`) belongs to.

    On Lambda its name is that of the blueprint, by which alarms and dashboards find its metrics; elsewhere
    it is the module's top package.
    """
    return _for_service(os.environ.get("POWERTOOLS_SERVICE_NAME") or module.partition(".")[0])


@functools.cache
def _for_service(service: str) -> Observability:
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "services")
    return Observability(
        service=service,
        logger=Logger(service=service),
        # Tracing boto3 alone: patching every library that the SDK knows would slow each cold start.
        tracer=Tracer(service=service, patch_modules=("boto3",)),
        metrics=Metrics(namespace=namespace, service=service),
    )
