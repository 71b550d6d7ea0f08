from typing import Any

TITLE = "the files are in the wrong order, or the log shrank"
CODE = 1
REASON = "the log shrank"


def tamper_pair(bundle: dict[str, Any], earlier: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return earlier, bundle
