"""What becomes of a prompt at the server that answers it: an organization can refuse to use what goes too far."""

from django.db.models import TextChoices


class DataPolicy(TextChoices):
    """From the closest to the furthest: the order is that of the classes."""

    LOCAL = "local", "Stays with this installation"
    OUTSIDE = "outside", "Goes to another company, which only answers"
    CONTRIBUTES = "contributes", "Goes to another company, which may use it for more"

    @property
    def distance(self) -> int:
        return list(DataPolicy).index(self)
