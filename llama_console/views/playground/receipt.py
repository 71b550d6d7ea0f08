"""What a call of the playground took and cost, once it is counted: the very event that is billed."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from catalog.money import dollars
from keys.models import ApiKey
from llama_console.views.playground.access import playing
from usage import figures
from usage.models import UsageEvent


@require_GET
def receipt(request: HttpRequest, organization: str) -> JsonResponse:
    """Tell of one's own call; one of others answers as one that is not counted yet, or never was."""
    acting = playing(request, organization)
    event = None
    if call := _uuid(request.GET.get("call", "")):
        own = ApiKey.objects.of(acting.organization).filter(created_by=acting.user, is_playground=True)
        found = UsageEvent.objects.filter(organization_id=acting.organization.pk, key_id__in=own.values("pk"))
        event = found.filter(pk=call).first()
    if event is None:
        return JsonResponse({"counted": False})
    return JsonResponse(
        {
            "counted": True,
            "prompt": figures.exact(event.prompt_tokens),
            "cached": figures.exact(event.cached_tokens) if event.cached_tokens else "",
            "completion": figures.exact(event.completion_tokens),
            "cost": dollars(event.amount),
            "latency": figures.duration(event.latency_ms),
            "first": "" if event.first_token_ms is None else figures.duration(event.first_token_ms),
            "estimated": event.estimated,
        }
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
