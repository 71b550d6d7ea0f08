"""Usage written by SQL alone: so many calls of one organization, and what its rollups by day come to."""

from collections.abc import Iterator
from datetime import datetime

_COLUMNS = (
    "id, organization_id, project_id, key_id, model, started_at, status, outcome, prompt_tokens, cached_tokens, "
    "completion_tokens, estimated, latency_ms, first_token_ms, amount, price_version"
)
_SUMS = "COUNT(*), SUM(prompt_tokens), SUM(cached_tokens), SUM(completion_tokens), SUM(latency_ms), SUM(amount)"
_SUM_COLUMNS = "requests, prompt_tokens, cached_tokens, completion_tokens, latency_ms, amount"
# n is a call's number; what it is follows from that. 100 keys, of 5 projects; 3 models; one in 25 failed.
_NUMBERS = (
    "'model-' || (n * 7 % 3), {moment}, CASE WHEN n % 25 = 0 THEN 429 ELSE 200 END, 'completed', "
    "200 + n * 13 % 5000, n * 13 % 200, n * 17 % 600, {false}, 300 + n % 4000, 90, 1000000 * (n % 977), 1"
)


def statements(vendor: str, *, start: datetime, organization: str, size: int, step: float) -> Iterator[str]:
    """Yield what writes them, to be executed in order."""
    return (
        _sqlite(start, organization, size, step) if vendor == "sqlite" else _postgres(start, organization, size, step)
    )


def _postgres(start: datetime, organization: str, size: int, step: float) -> Iterator[str]:
    moment = f"timestamptz '{start.isoformat()}' + n * {step} * interval '1 second'"
    ids = "lpad(to_hex(n % 5), 32, '0')::uuid, lpad(to_hex(n % 100), 32, '0')::uuid"
    numbers = _NUMBERS.format(moment=moment, false="false")
    yield (
        f"INSERT INTO usage_usageevent ({_COLUMNS}) SELECT gen_random_uuid(), '{organization}'::uuid, {ids}, "  # noqa: S608
        f"{numbers} FROM generate_series(0::bigint, {size - 1}) AS n"
    )
    yield from _rollups(organization, "date_trunc('day', started_at, 'UTC')", "''")


def _sqlite(start: datetime, organization: str, size: int, step: float) -> Iterator[str]:
    seconds = f"{int(start.timestamp())} + n * {step}"
    moment = f"strftime('%Y-%m-%d %H:%M:%f', {seconds}, 'unixepoch')"
    ids = "printf('%032x', n % 5), printf('%032x', n % 100)"
    numbers = _NUMBERS.format(moment=moment, false="0")
    yield (
        f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {size - 1}) "  # noqa: S608
        f"INSERT INTO usage_usageevent ({_COLUMNS}) "
        f"SELECT lower(hex(randomblob(16))), '{organization}', {ids}, {numbers} FROM numbers"
    )
    yield from _rollups(organization, "strftime('%Y-%m-%d 00:00:00', started_at)", "x''")


def _rollups(organization: str, day: str, nothing: str) -> Iterator[str]:
    for table, key in (("usage_dailytotal", ""), ("usage_dailyusage", "key_id, ")):
        place = f"organization_id, start, model, project_id, {key}status"
        grouped = f"organization_id, {day}, model, project_id, {key}status / 100"
        yield (
            f"INSERT INTO {table} ({place}, {_SUM_COLUMNS}, latencies, first_tokens) "  # noqa: S608
            f"SELECT {grouped}, {_SUMS}, {nothing}, {nothing} FROM usage_usageevent "
            f"WHERE organization_id = '{organization}' GROUP BY {grouped}"
        )
