"""The two errors of the data plane: what a caller is told, and what the upstream did.

Both carry sentences that are safe to show; neither is ever logged with its message, because
an upstream's message may quote the prompt.
"""

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.limits.gcra import Standing
    from gateway.refusal import Refusal


class GatewayError(Exception):
    """An answer other than success: its status, a stable code and a sentence for the caller."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        retry_after: int | None = None,
        refusal: "Refusal | None" = None,
        standings: "Mapping[str, Standing] | None" = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.retry_after = retry_after  # seconds
        self.refusal = refusal  # the rule that the caller met
        self.standings = standings or {}  # of limits, by kind


class MethodNotAllowed(GatewayError):
    """The resource exists, but does not take the method."""

    def __init__(self, methods: tuple[str, ...]) -> None:
        super().__init__(405, "method_not_allowed", "This address does not take the method.")
        self.methods = methods


class UpstreamError(Exception):
    """The upstream failed or refused; `permanent` means that the same request would fail again.

    Codes: refused, rate_limited, timeout, unreachable, invalid_answer, misconfigured, failed, overloaded; away, if no
    server was asked because all had failed before; stopping, if it was the gateway that broke off.
    """

    def __init__(self, message: str, code: str, permanent: bool, *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.message = message
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after  # seconds


def told_to_caller(error: UpstreamError) -> GatewayError:
    """Return what a caller learns: their own mistake, or that the model server is at fault, but not how."""
    match error.code:
        case "refused":
            return GatewayError(400, "invalid_request", error.message)
        case "rate_limited":
            return GatewayError(429, "rate_limit_exceeded", error.message, retry_after=error.retry_after)
        case "away":
            message = "The model server is not available now."
            return GatewayError(503, "upstream_unavailable", message, retry_after=error.retry_after)
        case "stopping":
            return GatewayError(503, "shutting_down", "The service is restarting. Try again.", retry_after=1)
        case "timeout":
            return GatewayError(504, "upstream_timeout", "The model server did not answer in time.")
        case _:
            return GatewayError(502, "upstream_error", "The model server failed to answer.")


def unavailable() -> GatewayError:
    """Return the answer for a request that cannot be authorized or accounted for now."""
    return GatewayError(503, "service_unavailable", "The service cannot take the request now.", retry_after=1)


def unexpected() -> GatewayError:
    """Return the answer for what nobody foresaw."""
    return GatewayError(500, "internal_error", "Something went wrong.")


def place_of(error: BaseException) -> str:
    """Return where an error came up: what may be logged of one whose message may hold content or a key."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
