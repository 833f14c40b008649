"""Who hears of alarms: the subscriptions of their topics, counted in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting, pages
from platform_cli.operate.alarms.reading import region_of, there

PROBE = "-alarm-probe-"
"""What the queue of a test has in its name; it is no contact."""


@dataclass(frozen=True)
class Contact:
    """A subscription of a topic; AWS sends nothing to one that was not confirmed."""

    protocol: str
    endpoint: str
    confirmed: bool

    def __str__(self) -> str:
        return f"{self.protocol} {self.endpoint}{'' if self.confirmed else ' (not confirmed)'}"


Contacts = Mapping[str, tuple[Contact, ...] | None]
"""By the ARN of the topic; None for a topic that is gone."""


def topics_of(actions: Iterable[str]) -> tuple[str, ...]:
    """The topics among the actions of alarms, each once."""
    return tuple(sorted({action for action in actions if ":sns:" in action}))


def read_contacts(topics: Iterable[str], clients: Clients) -> Contacts:
    """Who is subscribed to topics.

    Raises:
        PlatformError: What AWS refuses.
    """
    found: dict[str, tuple[Contact, ...] | None] = {}
    for topic in topics:
        told = subscriptions_of(topic, clients)
        if told is not None:
            contacts = (
                Contact(s["Protocol"], s["Endpoint"], str(s["SubscriptionArn"]).startswith("arn:"))
                for s in told
            )
            found[topic] = tuple(contact for contact in contacts if PROBE not in contact.endpoint)
        else:
            found[topic] = None
    return found


def subscriptions_of(topic: str, clients: Clients) -> Sequence[Mapping[str, Any]] | None:
    """The subscriptions of a topic as SNS lists them; None if there is no such topic.

    Raises:
        PlatformError: What AWS refuses.
    """
    listing = there(region_of(topic), clients).client("sns").list_subscriptions_by_topic
    told: list[Mapping[str, Any]] = []
    with (
        aws_errors("reading who hears of alarms", target=clients.target),
        expecting("NotFound", "NotFoundException") as gone,
    ):
        told = list(pages(listing, "Subscriptions", TopicArn=topic))
    return None if gone else told


def is_heard(topic: str, contacts: Contacts) -> bool:
    """Whether somebody who confirmed hears of a topic."""
    return any(contact.confirmed for contact in contacts.get(topic) or ())
