from typing import Any

TITLE = "a body is changed"
GUARDED = "UPDATE ledger_leafbody SET text = 'x' WHERE position = 2"
AUDIT = "body of leaf 2 is not the one"
CODE = 1
REASON = "not what its hash says"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("UPDATE ledger_leafbody SET text = replace(text, 'own-account', 'sms') WHERE position = 2")
