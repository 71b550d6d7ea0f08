from typing import Any

TITLE = "a body is deleted"
GUARDED = "DELETE FROM ledger_leafbody WHERE position = 2"
AUDIT = "body of leaf 2 is missing"
CODE = 1
REASON = "no destruction after it says why"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("DELETE FROM ledger_leafbody WHERE position = 2")
