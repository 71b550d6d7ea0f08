from typing import Any

TITLE = "bodies of a tenant marked as erased are deleted without a destruction"
GUARDED = None
AUDIT = "body of leaf 10 is missing"
CODE = 1
REASON = "no destruction after it says why"


def tamper_sql(cursor: Any) -> None:
    cursor.execute("INSERT INTO ledger_erasure (tenant) SELECT DISTINCT tenant FROM ledger_leaf WHERE position = 0")
    cursor.execute("DELETE FROM ledger_leafbody WHERE tenant = (SELECT tenant FROM ledger_leaf WHERE position = 0)")
