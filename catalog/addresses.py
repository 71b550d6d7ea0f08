"""A model's name in an address. It may have slashes: model servers name models as their makers do, `maker/model`."""

from django.urls import register_converter


class ModelName:
    regex = r"[^\x00-\x1f\x7f]{1,120}"  # no database takes a zero byte

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ModelName, "model")
