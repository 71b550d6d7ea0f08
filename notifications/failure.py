"""What keeps a message from going out: the one error of everything that sends, and a reason to wait."""

from datetime import datetime


class DeliveryError(Exception):
    """A message did not go out. `code` is stable and safe to store; `permanent` says whether trying again can help."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


class NotNow(Exception):
    """Nothing failed: the recipient wants no message before `until`. It is not a try."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until
