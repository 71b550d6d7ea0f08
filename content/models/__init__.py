from content.models.stored_exchange import StoredExchange

__all__ = ["StoredExchange"]
