from typing import Any

TITLE = "checkpoints are put into another order"
GUARDED = "UPDATE ledger_checkpoint SET id = 99"
AUDIT = "goes back behind the one before"
CODE = None
REASON = ""


def tamper_sql(cursor: Any) -> None:
    cursor.execute("SELECT size, time, text FROM ledger_checkpoint ORDER BY id LIMIT 1")
    cursor.execute("INSERT INTO ledger_checkpoint (size, time, text) VALUES (%s, %s, %s)", cursor.fetchone())
