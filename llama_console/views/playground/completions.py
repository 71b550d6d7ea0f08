"""A call from the playground: made by the console with the person's key of the hour, its answer relayed as it comes."""

from django.http import Http404, HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keys.playground import playground_secret
from keys.turns import end_turn, take_turn
from llama_console.gateway_client import GatewayCall
from llama_console.views.playground.access import open_projects, playing
from llama_console.views.playground.asked import NotUnderstood, read
from llama_console.views.playground.relay import Relay, leave_place, take_place


@require_POST
def completions(request: HttpRequest, organization: str) -> HttpResponseBase:
    """Answer with events. A person has one answer at a time, a process a bounded number: each takes a thread."""
    acting = playing(request, organization)
    try:
        asked = read(request.body)
    except NotUnderstood as error:
        return _refused(400, str(error))
    project = open_projects(acting).filter(slug=asked.project).first()
    if project is None:
        raise Http404
    if not take_place():
        return _refused(503, _("Too many answers are under way just now. Try again in a moment."))
    turn = take_turn(acting.user)
    if turn is None:
        leave_place()
        return _refused(409, _("Another answer to you is under way, maybe in another tab. Stop it first."))
    try:
        secret = playground_secret(acting.actor, project=project, user=acting.user)
        relay = Relay(GatewayCall(secret, asked.wire), turn=turn, organization=organization)
    except BaseException:
        end_turn(turn)
        leave_place()
        raise
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # what compresses an answer would hold its pieces back
    return StreamingHttpResponse(
        relay,
        content_type="text/event-stream; charset=utf-8",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


def _refused(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"status": status, "detail": detail}, status=status)
