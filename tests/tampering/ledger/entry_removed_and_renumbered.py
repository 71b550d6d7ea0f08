from typing import Any

TITLE = "an entry is removed and the rest renumbered"
CODE = 1
REASON = "does not continue the entry before"


def tamper(bundle: dict[str, Any]) -> None:
    del bundle["leaves"][2]
    for number, leaf in enumerate(bundle["leaves"], start=1):
        leaf["sequence"] = number
