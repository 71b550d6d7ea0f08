from typing import Any

TITLE = "a head is set back"
GUARDED = None
AUDIT = "does not end where its head says"
CODE = None
REASON = ""


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_head SET sequence = sequence - 1")
