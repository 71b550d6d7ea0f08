from usage.models.event import UsageEvent
from usage.models.ingest_error import IngestError
from usage.models.rollup import DailyTotal, DailyUsage, HourlyTotal, HourlyUsage, KeyRollup, MinuteUsage, Rollup

__all__ = [
    "DailyTotal",
    "DailyUsage",
    "HourlyTotal",
    "HourlyUsage",
    "IngestError",
    "KeyRollup",
    "MinuteUsage",
    "Rollup",
    "UsageEvent",
]
