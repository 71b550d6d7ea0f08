from django.urls import path

from accounts.views.projects import archival, projects

app_name = "projects"
urlpatterns = [
    path("", projects.project_list, name="list"),
    path("new/", projects.creation, name="create"),
    path("<slug:project>/", projects.project, name="project"),
    path("<slug:project>/archival/", archival.archival, name="archival"),
    path("<slug:project>/unarchival/", archival.unarchival, name="unarchival"),
]
