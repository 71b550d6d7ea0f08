"""Whom an operation admits: a key whose rights cover its scope. Views that name no operations admit nobody."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from admin_api.frame.operation import Operation, method_of
from admin_api.frame.problems import LacksScope
from keys.admin.caller import AdminCaller


class Scoped(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        operation: Operation | None = getattr(view, "operations", {}).get(method_of(request))
        caller = request.user
        if not isinstance(caller, AdminCaller):
            return False
        if operation and operation.scope and not caller.may(operation.scope):
            raise LacksScope(operation.scope, _lack(caller, operation))
        return hasattr(view, "operations")


def _lack(caller: AdminCaller, operation: Operation) -> str:
    if operation.scope in caller.key.scopes:
        return f"Who made this key may not do this any more: {operation.scope} is beyond their role now."
    return f"This key lacks the scope {operation.scope}."
