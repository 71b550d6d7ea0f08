"""A model that callers may name, and the name under which the upstream serves it."""

from django.db import models
from django.utils import timezone

from catalog.data_policy import DataPolicy


class Model(models.Model):
    name = models.CharField(max_length=120, primary_key=True)
    title = models.CharField(max_length=80)  # for reading: "Llama 4 Scout"
    upstream_name = models.CharField(max_length=200)
    owned_by = models.CharField(max_length=80, default="Meta")
    created_at = models.DateTimeField(default=timezone.now)
    is_served = models.BooleanField(default=True)
    # The furthest of the servers that may answer for it: see catalog/upstreams.py.
    policy = models.CharField(max_length=12, choices=DataPolicy.choices, default=DataPolicy.LOCAL)
    vault_not_personal = {"name": "of a model", "upstream_name": "of a model"}

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
