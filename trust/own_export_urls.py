from django.urls import path

from trust.views import own_export

app_name = "own_export"
urlpatterns = [
    path("", own_export.export, name="export"),
    path("<uuid:export_id>/archive/", own_export.archive, name="archive"),
    path("<token:token>/", own_export.by_link, name="link"),
]
