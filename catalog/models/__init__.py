from catalog.models.model import Model
from catalog.models.price import Price

__all__ = ["Model", "Price"]
