"""The base of all resources: whom an operation admits, what it takes, how it answers."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, Serializer
from rest_framework.views import APIView

from admin_api.frame import parsing, rates
from admin_api.frame.fields import Strict
from admin_api.frame.once import Once
from admin_api.frame.operation import Operations, method_of
from admin_api.frame.pages import page_of
from admin_api.frame.problems import InvalidParameters
from keys.admin.caller import AdminCaller
from ledger.ids import new_id


class Resource(APIView):
    """Something at an address. `operations` says what each method does, the method of that name does it."""

    operations: ClassVar[Operations]
    tag: ClassVar[str]  # the heading under which the page of the API shows it
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    metadata_class = None  # OPTIONS is no method of ours
    request_id: UUID
    query: dict[str, Any]  # the parameters of the address
    _allowance: rates.Allowance | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        # A redirect to the address with a slash would turn a POST into a GET.
        view.should_append_slash = False  # type: ignore[attr-defined]
        return view

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        self.request_id = new_id()
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        parsing.refuse_large(request.META.get("CONTENT_LENGTH") or "")
        super().initial(request, *args, **kwargs)
        operation = self.operations.get(method_of(request))
        if operation:
            form = operation.query or Strict
            self.query = _valid(form, _parameters(form, request.query_params), InvalidParameters)

    def check_throttles(self, request: Request) -> None:
        """Nothing: a request counts before its scope is looked at, for that opens a role."""

    def check_permissions(self, request: Request) -> None:
        self._allowance = rates.take(self.caller.key.pk)
        if self._allowance.left < 0:
            raise rates.TooMany(self._allowance.ends)
        super().check_permissions(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["X-Request-Id"] = str(self.request_id)
        if self._allowance and self._allowance.left >= 0:
            for name, value in self._allowance.headers().items():
                answer[name] = value
        return answer

    @property
    def caller(self) -> AdminCaller:
        assert isinstance(self.request.user, AdminCaller)
        return self.request.user

    def body(self) -> dict[str, Any]:
        """Return the body's fields, each as it must be."""
        form = self.operations[method_of(self.request)].body
        assert form
        return _valid(form, self.request.data)

    def shown(self, thing: Any, status: int = 200) -> Response:
        return Response(self._serializer()(thing).data, status=status)

    def page(self, rows: QuerySet[Any], *, by: str = "pk", show: Callable[[list[Any]], list[Any]] = list) -> Response:
        """Answer with a page of the rows; `show` makes of all of them at once what the answer describes."""
        found, following = page_of(rows, self.query, by=by)
        return self.listed(show(found), following)

    def listed(self, things: Sequence[Any], following: str | None) -> Response:
        """Answer with a page of things and the cursor of the next one."""
        return Response({"data": self._serializer()(things, many=True).data, "next_cursor": following})

    def _serializer(self) -> type[Serializer[Any]]:
        answer = self.operations[method_of(self.request)].answer
        assert answer
        return answer


class Making(Resource):
    """A resource whose POST does something once for each Idempotency-Key."""

    def prepare(self, **kwargs: Any) -> Callable[[], Any]:
        """Check the request, and return what does the deed and returns the thing to show."""
        raise NotImplementedError

    def again(self, pk: UUID, **kwargs: Any) -> Any:
        """Return the thing of a deed that was done before; Http404 if it is gone."""
        raise NotImplementedError

    def post(self, request: Request, **kwargs: Any) -> Response:
        once = Once.of(request._request, self.caller.key.pk)
        if once and (done := once.done()):
            return self._repeated(done.subject_id, kwargs)
        act = self.prepare(**kwargs)
        made: list[Any] = []

        def acting() -> UUID:
            made.append(act())
            pk: UUID = made[-1].pk
            return pk

        if once is None:
            acting()
        elif not isinstance(faster := once.do(acting), UUID):
            return self._repeated(faster.subject_id, kwargs)
        return self.shown(made[-1], self.operations["POST"].status)

    def _repeated(self, pk: UUID | None, kwargs: dict[str, Any]) -> Response:
        assert pk
        response = self.shown(self.again(pk, **kwargs), self.operations["POST"].status)
        response["Idempotency-Replayed"] = "true"
        return response


def _parameters(form: type[Serializer[Any]], sent: QueryDict) -> dict[str, Any]:
    """Return the parameters as they were sent: of a list each time that it came, of others the last."""
    lists = {name for name, field in form().fields.items() if isinstance(field, ListField)}
    return {name: sent.getlist(name) if name in lists else sent[name] for name in sent}


def _valid(form: type[Serializer[Any]], data: Any, error: type[ValidationError] = ValidationError) -> dict[str, Any]:
    serializer = form(data=data)
    if not serializer.is_valid():
        raise error(serializer.errors)
    found: dict[str, Any] = serializer.validated_data
    return found
