from typing import Any

TITLE = "a head is deleted"
GUARDED = None
AUDIT = "does not end where its head says"
CODE = None
REASON = ""


def tamper_sql(cursor: Any) -> None:
    cursor.execute("DELETE FROM ledger_head")
