"""The one error of everything that sends."""


class DeliveryError(Exception):
    """A message did not go out. `code` is stable and safe to store; `permanent` says whether trying again can help."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent
