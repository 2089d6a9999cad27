"""JSON over HTTP for the programs of the operator: the same use cases as the command line.

Read-only in this version: what decides something is done from the command line, by a named person.
"""

from hegui.api.routes import WrongOperatorKey, api_routes, health_route

__all__ = ["WrongOperatorKey", "api_routes", "health_route"]
