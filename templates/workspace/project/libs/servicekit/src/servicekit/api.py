"""API handlers: routes in, answers and problem documents out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError, ServiceError
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from servicekit.cors import cors_headers
from servicekit.observability import Handler, Observability, observability
from servicekit.problems import PROBLEM_JSON, BadRequest, NotFound, Problem, Unauthorized, invalid_input
from servicekit.rest import as_balancer_answer, as_http_event, as_rest_answer, is_balancer, is_rest

Parsed = TypeVar("Parsed", bound=BaseModel)

# Answers hold tokens and personal data: nothing between us and the caller may keep them. They are data, so a
# browser that is led to one shows it as such, runs nothing, and puts it into no frame.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
# The first status that says so.
_OUR_FAULT = 500
# What tells strangers which software answers.
_LEAKY = frozenset({"server", "x-powered-by", "x-aspnet-version", "via"})


@dataclass(frozen=True)
class Caller:
    """Who calls, as the API's authorizer verified it.

    Attributes:
        user_id: The token's `sub`.
        groups: The user pool's groups that the user is in.
    """

    user_id: str
    groups: frozenset[str] = frozenset()


def answer(status: int, content: object = None, *, headers: Mapping[str, str] | None = None) -> Response[str]:
    """A JSON answer; `content` may hold pydantic models. Without content, a body-less one."""
    body = "" if content is None else to_json(content).decode()
    return Response(
        status_code=status,
        content_type=None if content is None else "application/json",
        body=body,
        headers=dict(headers or {}),
    )


class Api(APIGatewayHttpResolver):
    """The routes of one function on HTTP APIs, REST APIs and load balancers.

    Powertools' resolver, with every failure answered as a problem document: a `Problem` with its own
    status, anything else as 500 that says nothing but the request's id, with the traceback in the log.

    Args:
        module: `__name__` of the handler; its top package names the service in logs and metrics.
    """

    def __init__(self, module: str) -> None:
        super().__init__()
        self.observability = observability(module)
        self.exception_handler(Problem)(self._answer_problem)
        self.exception_handler(ServiceError)(self._answer_service_error)
        self.exception_handler(Exception)(self._answer_unexpected)
        self.exception_handler(NotFoundError)(self._answer_unknown_route)

    @property
    def caller(self) -> Caller:
        """The caller of the present request.

        Raises:
            Unauthorized: The route has no authorizer, or the token no `sub`.
        """
        authorizer = self.current_event.request_context.authorizer
        claims: Mapping[str, Any] = authorizer.jwt_claim if authorizer else {}
        user_id = claims.get("sub")
        if not isinstance(user_id, str) or not user_id:
            raise Unauthorized("The request has no verified token")
        return Caller(user_id, _groups(claims.get("cognito:groups")))

    @property
    def request_id(self) -> str:
        """The present request's id: the correlation id of its log lines and of the events it causes."""
        return self.current_event.request_context.request_id

    def body(self, model: type[Parsed]) -> Parsed:
        """The request's body as `model`.

        Raises:
            BadRequest: It is not JSON, or the model rejects it.
        """
        try:
            text = self.current_event.decoded_body or ""
        except ValueError as error:
            raise BadRequest("The body is not valid JSON", code="invalid-json") from error
        try:
            return model.model_validate_json(text)
        except ValidationError as error:
            raise invalid_input(error) from error

    def query(self, model: type[Parsed]) -> Parsed:
        """The query parameters as `model`.

        Raises:
            BadRequest: The model rejects them.
        """
        try:
            return model.model_validate(self.current_event.query_string_parameters)
        except ValidationError as error:
            raise invalid_input(error) from error

    def header(self, name: str) -> str | None:
        """A header of the request; upper and lower case do not matter."""
        return self.current_event.headers.get(name)

    @contextmanager
    def counting_failures(self, metric: str) -> Iterator[None]:
        """Count in `metric` what fails inside and is our fault; what the caller did wrong is not counted."""
        try:
            yield
        except Problem as problem:
            if problem.status >= _OUR_FAULT:
                self.observability.count(metric)
            raise
        except Exception:
            self.observability.count(metric)
            raise

    def _answer_problem(self, problem: Problem) -> Response[str]:
        log = self.observability.logger
        tell = log.error if problem.status >= _OUR_FAULT else log.info
        tell("answered with a problem", extra={"status": problem.status, "problem": problem.code})
        return self._problem(problem)

    def _answer_service_error(self, error: ServiceError) -> Response[str]:
        problem = Problem(str(error.msg), code="refused")
        problem.status = error.status_code
        problem.title = "Request refused"
        return self._problem(problem)

    def _answer_unexpected(self, error: Exception) -> Response[str]:
        self.observability.logger.exception("unexpected failure", extra={"error": type(error).__name__})
        return self._problem(Problem("Something went wrong on our side; try again later"))

    def _answer_unknown_route(self, _: NotFoundError) -> Response[str]:
        return self._problem(NotFound("There is no such route", code="unknown-route"))

    def _problem(self, problem: Problem) -> Response[str]:
        document = problem.document(self.request_id)
        return Response(
            status_code=problem.status,
            content_type=PROBLEM_JSON,
            body=to_json(document).decode(),
        )


def api_handler(api: Api) -> Handler:
    """The Lambda handler that serves `api`, with logging, tracing and metrics around it.

    Every answer leaves with the security headers, whatever made it, unless it has its own value for one.
    """

    def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        rest = is_rest(event)
        request = as_http_event(event) if rest else event
        log = api.observability.logger
        log.set_correlation_id(request.get("requestContext", {}).get("requestId"))
        log.append_keys(route=request.get("routeKey"))
        _annotate(api.observability, request)
        answered = api.resolve(request, context)
        # An HTTP API does this itself, and ignores what a function says of it.
        shared = cors_headers(event) if rest else {}
        answered["headers"] = _guarded(answered.get("headers") or {}, shared)
        if answered["statusCode"] >= _OUR_FAULT:
            # To Lambda the call went well: objectives and alarms know of it by this metric alone.
            api.observability.count("UnexpectedFailures")
        log.info("answered", extra={"status": answered["statusCode"]})
        if is_balancer(event):
            return as_balancer_answer(answered)
        return as_rest_answer(answered) if rest else answered

    return api.observability.watch(handle)


def _annotate(tools: Observability, request: Mapping[str, Any]) -> None:
    """Make the trace findable by route, request and caller, without saying who the caller is."""
    context = request.get("requestContext") or {}
    claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims") or {}
    user_id = claims.get("sub")
    tools.annotate(
        route=request.get("routeKey"),
        api_request_id=context.get("requestId"),
        user=tools.pseudonym(user_id) if isinstance(user_id, str) and user_id else None,
    )


def _guarded(headers: Mapping[str, Any], shared: Mapping[str, str]) -> dict[str, Any]:
    kept = {name: value for name, value in headers.items() if name.lower() not in _LEAKY}
    own = {name.lower() for name in kept}
    added = _HEADERS | dict(shared)
    return {name: value for name, value in added.items() if name.lower() not in own} | kept


def _groups(claim: object) -> frozenset[str]:
    """API Gateway turns a list of groups into the text `[staff admin]`."""
    if isinstance(claim, (list, tuple)):
        return frozenset(str(group) for group in claim)
    if isinstance(claim, str):
        return frozenset(re.findall(r"[^\s,\"'\[\]]+", claim))
    return frozenset()
