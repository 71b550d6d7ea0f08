from usage.models.event import UsageEvent
from usage.models.forgotten import Forgotten
from usage.models.ingest_error import IngestError
from usage.models.rollup import DailyTotal, DailyUsage, HourlyTotal, HourlyUsage, KeyRollup, MinuteUsage, Rollup
from usage.models.saved_view import SavedView

__all__ = [
    "DailyTotal",
    "DailyUsage",
    "Forgotten",
    "HourlyTotal",
    "HourlyUsage",
    "IngestError",
    "KeyRollup",
    "MinuteUsage",
    "Rollup",
    "SavedView",
    "UsageEvent",
]
