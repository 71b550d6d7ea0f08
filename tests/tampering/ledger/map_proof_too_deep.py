from typing import Any

TITLE = "the map's proof is deeper than a map"
CODE = 2
REASON = "deeper than a map"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["map"]["siblings"] = ["00" * 32] * 257
