from keys.models.admin_key import AdminKey
from keys.models.api_key import ApiKey

__all__ = ["AdminKey", "ApiKey"]
