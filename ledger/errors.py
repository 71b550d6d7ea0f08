"""The one error class of the ledger."""


class LedgerError(Exception):
    """Something could not be recorded or proved. `code` is stable, `permanent` tells whether a retry can help.

    Codes: not-recorded (the database is away or full), tampered (the log contradicts itself or what was signed),
    not-erased (only what an erased tenant left can be dropped or receipted).
    """

    def __init__(self, code: str, message: str, *, permanent: bool) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.permanent = permanent
