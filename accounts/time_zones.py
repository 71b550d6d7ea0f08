"""Time zones that people choose from: those of places, by region, as the tz database names them."""

from functools import lru_cache
from zoneinfo import available_timezones

_REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip

Zones = list[tuple[str, str]]  # name and label


@lru_cache(maxsize=1)
def by_region() -> list[tuple[str, Zones]]:
    """Return each region with its zones, in the order of their labels. UTC belongs to none."""
    regions: dict[str, Zones] = {region: [] for region in _REGIONS}
    for name in known():
        region, _, place = name.partition("/")
        if place and region in regions:
            regions[region].append((name, place.replace("_", " ").replace("/", ", ")))
    return [(region, sorted(zones, key=lambda zone: zone[1])) for region, zones in regions.items()]


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Return all names of the tz database; some of them are of no place, and no longer offered."""
    return frozenset(available_timezones())


def placeless(current: str) -> list[str]:
    """Return what is offered beside the regions: UTC, and a name of no region that somebody has already."""
    return list(dict.fromkeys(["UTC", *([current] if current.partition("/")[0] not in _REGIONS else [])]))
