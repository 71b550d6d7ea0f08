from django.urls import path

from accounts.views.invitations import invitations, revocation

app_name = "invitations"
urlpatterns = [
    path("", invitations.invitation_list, name="list"),
    path("new/", invitations.create, name="create"),
    path("<uuid:invitation_id>/resending/", invitations.resending, name="resending"),
    path("<uuid:invitation_id>/revocation/", revocation.revocation, name="revocation"),
]
