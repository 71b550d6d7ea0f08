from keys.models.admin_key import AdminKey
from keys.models.api_key import ApiKey
from keys.models.change import Change
from keys.models.control_key import ControlKey
from keys.models.leak_report import LeakReport
from keys.models.limits import Level, Limits
from keys.models.refusal import Refusal
from keys.models.reminder import Reminder
from keys.models.service_account import ServiceAccount
from keys.models.turn import Turn
from keys.models.use import KeyUse

__all__ = [
    "AdminKey",
    "ApiKey",
    "Change",
    "ControlKey",
    "KeyUse",
    "LeakReport",
    "Level",
    "Limits",
    "Refusal",
    "Reminder",
    "ServiceAccount",
    "Turn",
]
