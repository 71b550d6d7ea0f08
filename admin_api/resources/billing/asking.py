"""Asking the payment provider while a program waits: how often, how long, and what its silence is here."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from admin_api.frame.problems import Conflict, Refused, Unavailable
from admin_api.frame.rates import TooMany
from admin_api.frame.resource import Resource
from billing.rail import errors
from billing.rail.client import briefly
from billing.rail.errors import RailError
from billing.rail.questions import A_MINUTE, count_question

log = logging.getLogger(__name__)

ASKED = f"The payment provider is asked each time, at most {A_MINUTE} times a minute for all keys of an organization."
REFUSALS = "Payments are not set up, or the payment provider refuses this"
AWAY = "The payment provider does not answer now. Try again in a moment."


@contextmanager
def asking(resource: Resource) -> Iterator[None]:
    """Ask in here, for moments alone; a problem if the provider is away or refuses, or is asked too often."""
    organization = resource.caller.organization
    count(resource)
    try:
        with briefly():
            yield
    except RailError as error:
        if error.permanent:
            log.error("organization %s: the payment provider refused: %s", organization.pk, error.code)
        raise _problem(error) from None


def count(resource: Resource) -> None:
    """Count one more question; a problem if there were too many in this minute."""
    if not count_question(resource.caller.organization.pk):
        raise TooMany(60 - timezone.now().second, "The payment provider was asked too often in this minute.")


def _problem(error: RailError) -> Refused:
    if error.permanent:
        return Conflict("The payment provider refuses this. Tell the operator the id of the request.")
    if error.code == errors.NOT_SET_UP:
        return Conflict(error.message)
    return Unavailable(AWAY)
