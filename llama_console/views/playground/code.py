"""The call of the playground as code to copy. It comes by POST, so that no address, log or history has a prompt."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from keys.call_snippets import call_snippets
from llama_console.views.playground.access import playing
from llama_console.views.playground.asked import NotUnderstood, read


@require_POST
def code(request: HttpRequest, organization: str) -> HttpResponse:
    playing(request, organization)
    try:
        asked = read(request.body)
    except NotUnderstood as error:
        return render(request, "playground/_code.html", {"error": str(error)}, status=400)
    return render(request, "playground/_code.html", {"snippets": call_snippets(asked.body)})
