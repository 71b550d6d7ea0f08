from vault.models.data_key import DataKey

__all__ = ["DataKey"]
