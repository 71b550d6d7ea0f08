from typing import Any

TITLE = "the table of purposes, which nobody signs, names another field than was opened"
CODE = 0
REASON = "never: accounts.User.nothing for own-account"  # and not "anything"


def tamper(bundle: dict[str, Any]) -> None:
    bundle["purposes"] = {"own-account": ["accounts.User.nothing"]}
