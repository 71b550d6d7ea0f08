from usage.models.event import UsageEvent
from usage.models.hourly import HourlyUsage

__all__ = ["HourlyUsage", "UsageEvent"]
