"""The API's own description, OpenAPI 3.1, made from the table and the types that serve it."""

from appliance.server.openapi.pages import add_description

__all__ = ["add_description"]
