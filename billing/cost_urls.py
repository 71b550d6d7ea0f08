from django.urls import path

from billing.views import costs

app_name = "costs"
urlpatterns = [
    path("", costs.report, name="report"),
    path("costs.csv", costs.export, name="export"),
]
