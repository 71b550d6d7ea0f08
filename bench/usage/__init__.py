"""Usage: writing calls, reading them, and how long the one takes to show in the other; each in a process of its own."""

PARTS = ("ingest", "chart", "freshness")
