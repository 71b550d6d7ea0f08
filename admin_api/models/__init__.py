from admin_api.models.done_once import DoneOnce

__all__ = ["DoneOnce"]
