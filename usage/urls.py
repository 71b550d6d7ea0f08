from django.urls import path

from usage.views import filters, ingest_errors, report, saved

app_name = "usage"
urlpatterns = [
    path("", report.report, name="report"),
    path("usage.csv", report.export, name="export"),
    path("filters/", filters.filters, name="filters"),
    path("views/", saved.views, name="views"),
    path("views/<uuid:view_id>/deletion/", saved.deletion, name="view_deletion"),
    path("ingest-errors/", ingest_errors.page, name="ingest_errors"),
]
