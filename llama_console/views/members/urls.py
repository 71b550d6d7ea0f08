from django.urls import include, path

from llama_console.views.members import export, members, removal, roles

app_name = "members"
urlpatterns = [
    path("", members.member_list, name="list"),
    path("export/", export.export, name="export"),
    path("roles/", roles.change, name="roles"),
    path("invitations/", include("accounts.views.invitations.urls")),
    path("<uuid:membership_id>/", members.member, name="member"),
    path("<uuid:membership_id>/removal/", removal.removal, name="removal"),
]
