"""One web application: the gateway, the API, and the connections they hold while it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from hegui.api import api_routes
from hegui.gateway import Gateway, gateway_routes
from hegui.workspace import Workspace


def application(workspace: Workspace, gateway: Gateway, *, api_keys: tuple[str, ...] = ()) -> Starlette:
    """The application over one workspace and one gateway.

    Args:
        workspace: held open by the caller for as long as the application runs.
        gateway: the way to the model, from :meth:`Workspace.gateway`.
        api_keys: the keys clients of the gateway must present; without any, every client is served.
    """

    @asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        async with gateway.running():
            yield

    return Starlette(
        routes=[*gateway_routes(gateway, api_keys=api_keys), *api_routes(workspace)], lifespan=lifespan
    )
