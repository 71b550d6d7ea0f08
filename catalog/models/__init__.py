from catalog.models.model import Model
from catalog.models.price import Price, TokenClass

__all__ = ["Model", "Price", "TokenClass"]
