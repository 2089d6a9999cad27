"""The routes under ``/api`` and what they answer."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hegui import __version__
from hegui.core import Conflict, HeguiError, InvalidInput, NotFound
from hegui.ledger import EntryRef
from hegui.workspace import Workspace

STATUS: dict[type[HeguiError], int] = {InvalidInput: 422, NotFound: 404, Conflict: 409}

_Ask = Callable[[Workspace, Request], object]


def api_routes(workspace: Workspace) -> list[Route]:
    """The API over one workspace."""
    return [
        Route(path, _answering(ask, workspace), methods=["GET"])
        for path, ask in {
            "/health": _health,
            "/api/scope": _scope,
            "/api/corpus": _corpus,
            "/api/evaluation": _evaluation,
            "/api/ledger/checkpoint": _checkpoint,
            "/api/ledger/entries/{stream}/{seq:int}": _entry,
            "/api/ledger/entries/{stream}/{seq:int}/proof": _proof,
        }.items()
    ]


def _answering(ask: _Ask, workspace: Workspace) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            value = await run_in_threadpool(ask, workspace, request)
        except HeguiError as error:
            status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
            value = {"error": {"kind": type(error).__name__, "zh": error.text.zh, "en": error.text.en}}
            return _json(value, status)
        return _json(value)

    return answer


def _json(value: object, status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(value, enc_hook=str, order="sorted"), status, media_type="application/json"
    )


def _health(workspace: Workspace, _request: Request) -> object:
    with workspace.database.read():
        return {"status": "ok", "version": __version__, "workspace": workspace.id}


def _latest(workspace: Workspace, kind: str) -> object:
    entry = workspace.ledger.latest(kind)
    if entry is None:
        raise NotFound(zh=f"还没有 {kind} 的记录", en=f"there is no entry of kind {kind} yet")
    return entry


def _scope(workspace: Workspace, _request: Request) -> object:
    return _latest(workspace, "scope.judged")


def _corpus(workspace: Workspace, _request: Request) -> object:
    return workspace.corpus.report()


def _evaluation(workspace: Workspace, _request: Request) -> object:
    return _latest(workspace, "evaluation.run_completed")


def _checkpoint(workspace: Workspace, _request: Request) -> object:
    return workspace.ledger.checkpoint()


def _reference(request: Request) -> EntryRef:
    return EntryRef(stream=request.path_params["stream"], seq=request.path_params["seq"])


def _entry(workspace: Workspace, request: Request) -> object:
    return workspace.ledger.entry(_reference(request))


def _proof(workspace: Workspace, request: Request) -> object:
    return workspace.ledger.prove(_reference(request))
