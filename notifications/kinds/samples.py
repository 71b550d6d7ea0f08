"""What the samples of many kinds have in common. All of it is made up."""

from datetime import UTC, datetime

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 12, 8, 8, 30, tzinfo=UTC)
ORGANIZATION, PROJECT, KEY = "Acme Research", "Search", "Nightly evaluation"


def page(path: str) -> str:
    return f"https://console.example.com/{path}"


def page_of(path: str) -> str:
    """Return the address of a page of the sample organization."""
    return page(f"o/acme-research/{path}")
