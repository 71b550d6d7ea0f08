"""The one file that imports Stripe's library: how it is asked, what its refusals mean, and whose word a webhook is.

Whoever asks hands over a function of the library's services and gets plain values; no object of the library and no
error of it goes further than this. Nothing is tried again in here: the outbox does that, under the same key.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

import requests
import stripe
from django.conf import settings
from requests.adapters import HTTPAdapter
from stripe._v1_services import V1Services as Services
from stripe.params import InvoiceCreateParams
from stripe.params.checkout import SessionCreateParams
from urllib3.exceptions import MaxRetryError

from billing.rail import errors
from billing.rail.errors import RailError

VERSION = "2026-10-28.endive"  # of the API; the library's own is the same (a test holds them together)
TIMEOUT = (3.0, 10.0)  # seconds to connect, and to be answered
BRIEF = (1.0, 2.0)  # the same while a page only wants to show something
TOLERANCE = 300  # seconds that a webhook may be old
_CONNECTIONS = 16
_patience: ContextVar[tuple[float, float]] = ContextVar("patience", default=TIMEOUT)

Json: TypeAlias = dict[str, Any]
SessionParams: TypeAlias = SessionCreateParams
BillParams: TypeAlias = InvoiceCreateParams

logging.getLogger("stripe").setLevel(logging.WARNING)  # it logs bodies
stripe.enable_telemetry = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook or the list of events says: which object changed. The object itself is not believed, but asked."""

    id: str
    type: str
    object_id: str
    created: datetime
    livemode: bool


def ask(act: Callable[[Services], Any]) -> Json:
    """Return Stripe's answer to one request, or raise RailError."""
    with _translated():
        answer: Json = act(_services()).to_dict()
    return answer


def ask_all(act: Callable[[Services], Any]) -> Iterator[Json]:
    """Yield all of a list, page after page, or raise RailError."""
    with _translated():
        rows = act(_services()).auto_paging_iter()
    while True:
        with _translated():
            row = next(rows, None)
        if row is None:
            return
        yield row.to_dict()


@contextmanager
def briefly() -> Iterator[None]:
    """Wait no longer than a page may: for what changes nothing, or goes out again under the same key."""
    before = _patience.set(BRIEF)
    try:
        yield
    finally:
        _patience.reset(before)


def options(key: str) -> stripe.RequestOptions:
    """Return what makes a request safe to be sent twice."""
    return {"idempotency_key": key}


def is_set_up() -> bool:
    return bool(settings.STRIPE_SECRET_KEY)


def is_live() -> bool:
    """Tell whether our key moves real money; whatever comes from the other side is not ours."""
    return "_live_" in settings.STRIPE_SECRET_KEY[:8]


def told(body: bytes, signature: str) -> Told:
    """Return what a webhook tells if Stripe signed it just now; RailError `forged` or `malformed`."""
    if not any(_is_signed(body, signature, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS):
        raise RailError("Stripe has not signed this, or not lately.", "forged", permanent=True)
    try:
        return event_of(_parsed(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise RailError("This is no event.", "malformed", permanent=True) from None


def event_of(event: Json) -> Told:
    return Told(
        id=_text(event["id"], "evt_"),
        type=_text(event["type"]),
        object_id=_text(event["data"]["object"].get("id") or ""),
        created=datetime.fromtimestamp(event["created"], UTC),
        livemode=event["livemode"] is True,
    )


def _parsed(body: bytes) -> Json:
    event: Json = json.loads(body)
    if event["object"] != "event":
        raise ValueError("no event")
    return event


def _text(value: Any, prefix: str = "") -> str:
    if not isinstance(value, str) or len(value) > 255 or not value.startswith(prefix):
        raise ValueError("no text")
    return value


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE))
    except (stripe.SignatureVerificationError, ValueError):
        return False


def _services() -> Services:
    if not settings.STRIPE_SECRET_KEY:
        raise RailError("Payments are not set up on this installation.", errors.NOT_SET_UP, permanent=False)
    return _client(os.getpid(), settings.STRIPE_SECRET_KEY, settings.STRIPE_URL, _patience.get()).v1


@lru_cache(maxsize=4)
def _client(process: int, key: str, url: str, patience: tuple[float, float]) -> stripe.StripeClient:
    """Return the client of a process: connections are not inherited."""
    session = requests.Session()
    session.trust_env = False  # no proxy and no .netrc of the environment
    session.mount("https://", HTTPAdapter(pool_maxsize=_CONNECTIONS))
    session.mount("http://", HTTPAdapter(pool_maxsize=_CONNECTIONS))
    return stripe.StripeClient(
        key,
        stripe_version=VERSION,
        max_network_retries=0,
        base_addresses={"api": url},
        http_client=stripe.RequestsClient(timeout=patience, session=session),
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    # The errors' texts may hold what was sent: only our own words go on from here.
    except stripe.StripeError as error:
        raise _refusal(error) from None


def _refusal(error: stripe.StripeError) -> RailError:
    if isinstance(error, stripe.CardError):
        return _decline(error)
    if isinstance(error, stripe.APIConnectionError):
        return _silence(error)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        # An operator mends it, and then what waits goes on.
        return RailError("The payment provider does not let us in.", "not-let-in", permanent=False)
    if isinstance(error, stripe.RateLimitError):
        return RailError("The payment provider is asked too often.", "too-many", permanent=False)
    if isinstance(error, stripe.IdempotencyError):
        return RailError("One key was used for two requests.", "key-reused", permanent=True)
    if isinstance(error, stripe.InvalidRequestError):
        if error.code == "resource_missing":
            return RailError("The payment provider does not have this.", errors.MISSING, permanent=True)
        return RailError("The payment provider refused this.", _code(error.code) or "invalid", permanent=True)
    if error.http_status == 409:
        return RailError("The payment provider is still at it.", errors.BUSY, permanent=False)
    return RailError("The payment provider failed.", errors.BROKEN, permanent=False)


def _decline(error: stripe.CardError) -> RailError:
    reason = errors.decline_reason(_code(error.error.decline_code if error.error else "") or _code(error.code))
    if reason in {"authentication-required", "invoice-payment-intent-requires-action"}:
        return RailError("The bank wants this payment confirmed.", errors.CONFIRMATION, permanent=True, reason=reason)
    return RailError("The payment was declined.", errors.DECLINED, permanent=True, reason=reason)


def _silence(error: stripe.APIConnectionError) -> RailError:
    cause = error.__cause__
    # urllib3 wraps what failed before anything was sent, and not what broke off later.
    unsent = isinstance(cause, requests.ConnectTimeout) or (
        isinstance(cause, requests.ConnectionError) and bool(cause.args) and isinstance(cause.args[0], MaxRetryError)
    )
    if unsent:
        return RailError("The payment provider cannot be reached.", errors.AWAY, permanent=False)
    return RailError("The payment provider did not answer.", errors.UNKNOWN, permanent=False)


def _code(code: Any) -> str:
    """Return a code of Stripe's as we store it."""
    return str(code or "").replace("_", "-")[:40]
