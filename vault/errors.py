"""The one error class of the vault. Its message never holds plaintext or key material."""


class VaultError(Exception):
    """Something could not be sealed or opened. `code` is stable, `permanent` tells whether a retry can help."""

    def __init__(self, code: str, message: str, *, permanent: bool = True) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.permanent = permanent
