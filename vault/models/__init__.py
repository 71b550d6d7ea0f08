from vault.models.data_key import DataKey
from vault.models.grant import Grant

__all__ = ["DataKey", "Grant"]
