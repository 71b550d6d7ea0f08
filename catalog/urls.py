from django.urls import path

from catalog import addresses  # noqa: F401  registers the converter
from catalog.views import prices

app_name = "prices"
urlpatterns = [
    path("", prices.price_list, name="list"),
    path("<model:model>/", prices.model, name="model"),
]
