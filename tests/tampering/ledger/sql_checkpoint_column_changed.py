from typing import Any

TITLE = "a checkpoint's columns are changed"
GUARDED = "UPDATE ledger_checkpoint SET time = 1"
AUDIT = "is not what its note says"
CODE = 0
REASON = "VERIFIED"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_checkpoint SET time = 1")
