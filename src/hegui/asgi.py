"""One web application: the gateway, the API, and the connections they hold while it runs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from hegui.api import api_routes
from hegui.gateway import Gateway, gateway_routes
from hegui.workspace import Workspace


def application(
    workspace: Workspace,
    gateway: Gateway,
    *,
    keys: Mapping[str, str] | None = None,
    pass_through: tuple[str, ...] = (),
) -> Starlette:
    """The application over one workspace and one gateway.

    Args:
        workspace: held open by the caller for as long as the application runs.
        gateway: the way to the model, from :meth:`Workspace.gateway`.
        keys: the tenant of each key that clients may present; without any, every client is served.
        pass_through: paths that the gateway passes on unscreened, and records as such.
    """

    @asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        async with gateway.running():
            yield

    return Starlette(
        routes=[*gateway_routes(gateway, keys=keys, pass_through=pass_through), *api_routes(workspace)],
        lifespan=lifespan,
    )
