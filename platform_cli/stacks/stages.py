"""What the stages of APIs are called; metrics of APIs bear the name."""

from platform_cli.blueprint.requests import HTTP_STAGE, REST_STAGE

__all__ = ["HTTP_STAGE", "REST_STAGE"]
