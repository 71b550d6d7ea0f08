"""What billing refuses: one error for all of the room, with a stable code and a sentence that may be shown."""


class BillingError(Exception):
    """Codes name the rule: not-billed, unbalanced, amount, suspended, …; the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
