from typing import Any

TITLE = "the table of purposes, which nobody signs, says a sentence"
CODE = 2
REASON = "not one word"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["purposes"]["any purpose at all"] = ["accounts.User.email"]
