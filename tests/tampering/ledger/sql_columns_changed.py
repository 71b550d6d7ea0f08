from typing import Any

TITLE = "what lists are filtered by is changed, the text is not"
GUARDED = "UPDATE ledger_leafbody SET purpose = 'sms' WHERE position = 2"
AUDIT = "columns of leaf 2 do not repeat"
CODE = 0
REASON = "VERIFIED"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_leafbody SET purpose = 'sms' WHERE position = 2")
