"""What headers say of limits: the names that the Llama API and OpenAI's clients read, and the IETF's draft."""

from collections.abc import Mapping
from math import ceil, isinf

from gateway.errors import GatewayError, MethodNotAllowed
from gateway.limits.demand import REQUESTS, TOKENS
from gateway.limits.gcra import MINUTE, Standing

Header = tuple[bytes, bytes]
_NAMES = {REQUESTS: b"requests", TOKENS: b"tokens"}


def of_limits(standings: Mapping[str, Standing]) -> list[Header]:
    """Return how the tightest limits of a call stand."""
    found: list[Header] = []
    policies: list[str] = []
    lefts: list[str] = []
    for kind, name in _NAMES.items():
        if standing := standings.get(kind):
            found += [
                (b"x-ratelimit-limit-" + name, b"%d" % standing.limit),
                (b"x-ratelimit-remaining-" + name, b"%d" % standing.remaining),
                (b"x-ratelimit-reset-" + name, b"%ds" % ceil(standing.resets_in)),
            ]
            policies.append(f'"{name.decode()}";q={standing.limit};w={int(MINUTE)}')
            lefts.append(f'"{name.decode()}";r={standing.remaining};t={ceil(standing.resets_in)}')
    if policies:
        found += [(b"ratelimit-policy", ", ".join(policies).encode()), (b"ratelimit", ", ".join(lefts).encode())]
    return found


def of_error(error: GatewayError) -> list[Header]:
    """Return what an error's answer says besides its body."""
    found: list[Header] = []
    if error.status == 401:
        found.append((b"www-authenticate", b"Bearer"))
    if error.retry_after is not None and not isinf(error.retry_after):
        found.append((b"retry-after", b"%d" % error.retry_after))
    if isinstance(error, MethodNotAllowed):
        found.append((b"allow", ", ".join(error.methods).encode()))
    if error.refusal:
        found.append((b"x-refused-by", error.refusal.rule.encode()))
        found.append((b"link", f'<{error.refusal.url}>; rel="help"'.encode()))
    return found + of_limits(error.standings)
