from typing import Any

TITLE = "the log's counter is set back"
GUARDED = None
AUDIT = "as many leaves as it says"
CODE = 0
REASON = "VERIFIED"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_log SET size = size - 1")
