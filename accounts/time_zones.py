"""Time zones that people choose from: those of places, by region, as the tz database names them."""

from functools import lru_cache
from zoneinfo import available_timezones

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

_REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Return all names of the tz database; some of them are of no place, and no longer offered."""
    return frozenset(available_timezones())


def options(chosen: str) -> SafeString:
    """Return the options of a select. A chosen name of no place stays on offer; UTC always is.

    Hundreds of options through a template would take longer than the rest of the page.
    """
    placeless = ["UTC", *([chosen] if chosen in known() and not _is_place(chosen) and chosen != "UTC" else [])]
    html = format_html_join("", '<option value="{0}">{0}</option>', ((name,) for name in placeless)) + _places()
    attribute = f'value="{escape(chosen)}"'
    return mark_safe(html.replace(attribute, f"{attribute} selected", 1))  # noqa: S308  every part is escaped


@lru_cache(maxsize=1)
def _places() -> SafeString:
    regions: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in filter(_is_place, known()):
        region, _, place = name.partition("/")
        regions[region].append((place.replace("_", " ").replace("/", ", "), name))
    return format_html_join("", '<optgroup label="{}">{}</optgroup>', ((r, _group(p)) for r, p in regions.items()))


def _group(places: list[tuple[str, str]]) -> SafeString:
    return format_html_join("", '<option value="{1}">{0}</option>', sorted(places))


def _is_place(name: str) -> bool:
    region, _, place = name.partition("/")
    return bool(place) and region in _REGIONS
