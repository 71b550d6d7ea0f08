"""What headers say of limits: the names that the Llama API and OpenAI's clients read, and the IETF's draft."""

from collections.abc import Mapping
from math import ceil, isinf

from gateway.errors import GatewayError, MethodNotAllowed
from gateway.http import Header
from gateway.limits.demand import REQUESTS, TOKENS
from gateway.limits.gcra import MINUTE, Standing

_KINDS = [
    (kind, *(f"x-ratelimit-{what}-{name}" for what in ("limit", "remaining", "reset")), name)
    for kind, name in ((REQUESTS, "requests"), (TOKENS, "tokens"))
]
_MINUTE = int(MINUTE)


def of_limits(standings: Mapping[str, Standing]) -> list[Header]:
    """Return how the tightest limits of a call stand."""
    found: list[Header] = []
    policies: list[str] = []
    lefts: list[str] = []
    for kind, limit, remaining, reset, name in _KINDS:
        if standing := standings.get(kind):
            most, left, seconds = str(standing.limit), str(standing.remaining), ceil(standing.resets_in)
            found += [(limit, most), (remaining, left), (reset, f"{seconds}s")]
            policies.append(f'"{name}";q={most};w={_MINUTE}')
            lefts.append(f'"{name}";r={left};t={seconds}')
    if policies:
        found += [("ratelimit-policy", ", ".join(policies)), ("ratelimit", ", ".join(lefts))]
    return found


def of_error(error: GatewayError) -> list[Header]:
    """Return what an error's answer says besides its body."""
    found: list[Header] = []
    if error.status == 401:
        found.append(("www-authenticate", "Bearer"))
    if error.retry_after is not None and not isinf(error.retry_after):
        found.append(("retry-after", str(error.retry_after)))
    if isinstance(error, MethodNotAllowed):
        found.append(("allow", ", ".join(error.methods)))
    if error.refusal:
        found.append(("x-refused-by", error.refusal.rule))
        found.append(("link", f'<{error.refusal.url}>; rel="help"'))
    return found + of_limits(error.standings)
