from typing import Any

TITLE = "a checkpoint's note is changed"
GUARDED = "UPDATE ledger_checkpoint SET text = 'x'"
AUDIT = "not signed by the ledger"
CODE = None
REASON = ""


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_checkpoint SET text = replace(text, 'time 18', 'time 17')")
