"""The gateway as a web application before models elsewhere, with the API; or around an application here."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hegui.api import api_routes, health_route
from hegui.gateway import (
    Gateway,
    GatewayDeclaration,
    GatewaySkin,
    ScreenFollower,
    WrappedApplication,
    current_scope,
    error_body,
    gateway_routes,
)
from hegui.workspace import Workspace

_PUBLIC = "/v1/"
_POLICY = 1008  # RFC 6455, 7.4.1
_MOST_ENCODED = 3


def application(
    workspace: Workspace,
    gateway: Gateway,
    *,
    pass_through: tuple[str, ...] = (),
    operator_keys: Collection[str] | None = (),
) -> Starlette:
    """The application over one workspace and one gateway.

    Args:
        workspace: held open by the caller for as long as the application runs.
        gateway: the way to the model, from :meth:`Workspace.gateway`.
        pass_through: paths that the gateway passes on unscreened, and records as such.
        operator_keys: whoever presents one of them may read the evidence through the API; without any,
            everybody may; ``None`` to have no API.
    """

    @asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        async with _running(gateway, workspace):
            yield

    return _Application(
        GatewaySkin(gateway, pass_through=pass_through),
        routes=[
            *gateway_routes(gateway, pass_through=pass_through),
            health_route(workspace),
            *(() if operator_keys is None else api_routes(workspace, keys=operator_keys)),
        ],
        lifespan=lifespan,
    )


class _Application(Starlette):
    """Hands what is below ``/v1/`` to the gateway at once; a route costs as much as a request."""

    def __init__(
        self,
        skin: GatewaySkin,
        *,
        routes: Sequence[BaseRoute],
        lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]],
    ) -> None:
        super().__init__(routes=routes, lifespan=lifespan)
        self._skin = skin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the application's life."""
        if scope["type"] == "http" and scope["path"].startswith(_PUBLIC):
            await self._skin(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class GatewayMiddleware:
    """Stands around an application that speaks OpenAI's interface: what it is asked and answers is moderated.

    Everything below ``/v1/`` goes through the gateway, its models being the application itself, as it would
    through ``hegui serve``; everything else passes untouched. A path that the application might take for one
    of those once it is put in order (``//v1/``, ``/x/../v1/``, ``/%76%31/``, ``/V1/``) is answered with 404.
    With Starlette or FastAPI::

        app.add_middleware(GatewayMiddleware, workspace=workspace, declaration=declaration)
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        workspace: Workspace,
        declaration: GatewayDeclaration,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        """Stand around ``app``.

        Args:
            app: the application.
            workspace: held open by the caller for as long as the application runs.
            declaration: the limits and the words; its models are not asked.
            keys: the tenant of each key that clients may present; without any, and where none were issued,
                the application itself says who is served.
        """
        self._app = app
        self._workspace = workspace
        self._declaration = declaration
        self._keys = keys or {}
        self._skin: GatewaySkin | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the application's life."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        path = _path_within(scope)
        is_public = path.startswith(_PUBLIC)
        if not is_public and not _may_be_taken_for_public(path):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY})  # what nothing reads does not pass
        elif not is_public:
            await _not_served(scope, receive, send)
        else:
            scope = {**scope, "path": path}
            assert self._skin is not None, "the server must run the application's lifespan"  # noqa: S101 - a mistake of deployment
            token = current_scope.set(scope)
            try:
                await self._skin(scope, receive, send)
            finally:
                current_scope.reset(token)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application's own lifespan, with the gateway running inside it."""
        async with AsyncExitStack() as stack:

            async def sending(message: Message) -> None:
                if message["type"] == "lifespan.startup.complete":
                    await self._start(stack)
                elif message["type"] in {"lifespan.shutdown.complete", "lifespan.shutdown.failed"}:
                    await stack.aclose()
                await send(message)

            await self._app(scope, receive, sending)

    async def _start(self, stack: AsyncExitStack) -> None:
        writer = stack.enter_context(self._workspace.ledger.writer())
        behind = WrappedApplication(self._app, limits=self._declaration.limits)
        gateway = self._workspace.gateway(self._declaration, writer=writer, behind=behind, keys=self._keys)
        await stack.enter_async_context(_running(gateway, self._workspace))
        self._skin = GatewaySkin(gateway, pass_through=self._declaration.pass_through)


@asynccontextmanager
async def _running(gateway: Gateway, workspace: Workspace) -> AsyncIterator[None]:
    """Hold what the gateway needs open, and let it take up whatever screen is adopted meanwhile."""
    async with gateway.running(), ScreenFollower(gateway, workspace.screens).running():
        yield


def _path_within(scope: Scope) -> str:
    """The path below the place where the application is mounted."""
    root, path = str(scope.get("root_path", "")).rstrip("/"), str(scope["path"])
    return path.removeprefix(root) if path.startswith(f"{root}/") else path


def _may_be_taken_for_public(path: str) -> bool:
    """Whether somebody who reads paths more freely than we do might find one below ``/v1/`` in this one."""
    for _ in range(_MOST_ENCODED):
        path = unquote(path)
    segments: list[str] = []
    for segment in path.replace("\\", "/").casefold().split("/"):
        name = segment.partition(";")[0].strip()
        if name == "..":
            del segments[-1:]
        elif name not in {"", "."}:
            segments.append(name)
    return segments[:1] == ["v1"] and len(segments) > 1


async def _not_served(scope: Scope, receive: Receive, send: Send) -> None:
    body = error_body("invalid_request_error", "the path is not written as it is served", code="not_found")
    await JSONResponse(body, HTTPStatus.NOT_FOUND)(scope, receive, send)
