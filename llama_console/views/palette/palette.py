"""The palette: the way to a page, a project, a key or a member of one's organization.

What is typed comes by POST: it may be a name or an address, and those have no place in an address, where logs and
histories keep them. Each answer opens the role of who asks; from three characters on the directory of members, too.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.membership import Acting
from llama_console.views.palette import pages, things

_LONGEST = 254  # characters: an address


@never_cache
@sensitive_post_parameters("q", "nobody")
@require_http_methods(["GET", "HEAD", "POST"])
def palette(request: HttpRequest, organization: str) -> HttpResponse:
    acting = Acting.in_organization(request, organization)
    text, nobody = (request.POST.get(name, "").strip()[:_LONGEST] for name in ("q", "nobody"))
    groups = [pages.pages(acting, text)]
    people = things.members(acting, text, nobody)
    if text:
        groups += [pages.actions(acting, text), things.projects(acting, text), things.keys(acting, text), people.group]
    found = [group for group in groups if group.results]
    context = {"q": text, "groups": found, "total": sum(len(group.results) for group in found), "people": people}
    # Without JavaScript the search is a page of its own.
    is_part = request.headers.get("HX-Request")
    return render(request, "console/palette.html#results" if is_part else "console/palette.html", context)
