from typing import Any

TITLE = "the map's proof says that there are no entries"
CODE = 1
REASON = "but there are entries"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["map"]["other"] = {"key": "00" * 32, "value": "00" * 32}
