"""The routes under ``/api`` and what they answer."""

import hashlib
from collections.abc import Awaitable, Callable, Collection

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hegui import __version__
from hegui.core import Conflict, HeguiError, InvalidInput, NotFound
from hegui.gateway import REPLAYED, compare_sides
from hegui.ledger import EntryRef
from hegui.workspace import Workspace

STATUS: dict[type[HeguiError], int] = {InvalidInput: 422, NotFound: 404, Conflict: 409}


class WrongOperatorKey(InvalidInput):
    """A key that is missing or is no operator's."""

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__(zh="缺少运营者密钥或密钥错误", en="the operator's key is missing or wrong")


_Ask = Callable[[Workspace, Request], object]


def health_route(workspace: Workspace) -> Route:
    """Whether the workspace answers; anybody may ask."""
    return Route("/health", _answering(_health, workspace, frozenset()), methods=["GET"])


def api_routes(workspace: Workspace, *, keys: Collection[str]) -> list[Route]:
    """The API over one workspace.

    Args:
        workspace: what is read.
        keys: whoever presents one of them may read everything; without any, everybody may.
    """
    digests = frozenset(map(_digest, keys))
    return [
        Route(path, _answering(ask, workspace, digests), methods=["GET"])
        for path, ask in {
            "/api/scope": _scope,
            "/api/corpus": _corpus,
            "/api/corpus/sample": _sample,
            "/api/corpus/sources": _corpus_sources,
            "/api/corpus/check": _corpus_check,
            "/api/corpus/review": _review,
            "/api/corpus/gates": _gates,
            "/api/evaluation": _evaluation,
            "/api/screen": _screen,
            "/api/screen/canary": _canary,
            "/api/gateway/replay": _replay,
            "/api/cases/incidents": _incidents,
            "/api/cases/incidents/{incident}": _incident,
            "/api/cases/rules": _rules,
            "/api/cases/withdrawn": _withdrawn,
            "/api/companion/contacts": _contacts,
            "/api/minors/alerts": _alerts,
            "/api/minors/overview/{user}": _overview,
            "/api/ledger/checkpoint": _checkpoint,
            "/api/ledger/entries/{stream}/{seq:int}": _entry,
            "/api/ledger/entries/{stream}/{seq:int}/proof": _proof,
        }.items()
    ]


def _answering(
    ask: _Ask, workspace: Workspace, keys: frozenset[bytes]
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        # Digests are looked up, so that the time tells nothing about the keys.
        if keys and (scheme.lower() != "bearer" or _digest(key.strip()) not in keys):
            return _told(WrongOperatorKey(), 401)
        try:
            value = await run_in_threadpool(ask, workspace, request)
        except HeguiError as error:
            status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
            return _told(error, status)
        return _json(value)

    return answer


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _told(error: HeguiError, status: int) -> Response:
    said = {"kind": type(error).__name__, "zh": error.text.zh, "en": error.text.en}
    return _json({"error": said}, status)


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


def _sample(workspace: Workspace, _request: Request) -> object:
    return workspace.spotchecks.sample()


def _corpus_sources(workspace: Workspace, _request: Request) -> object:
    return workspace.corpus.sources()


def _corpus_check(workspace: Workspace, _request: Request) -> object:
    return _latest(workspace, "corpus.register_checked")


def _gates(workspace: Workspace, _request: Request) -> object:
    """The newest judgement, and whether data, reviews or thresholds have changed, so that it is outdated."""
    entry = msgspec.to_builtins(_latest(workspace, "corpus.gates_judged"), enc_hook=str)
    return entry | {"outdated": not workspace.spotchecks.gates_stand()}


def _review(workspace: Workspace, _request: Request) -> object:
    return workspace.spotchecks.review_progress()


def _evaluation(workspace: Workspace, _request: Request) -> object:
    return _latest(workspace, "evaluation.run_completed")


def _screen(workspace: Workspace, _request: Request) -> object:
    screens = workspace.screens
    screen = screens.current().screen
    return {
        "screen": screen.digest,
        "declaration": screens.declaration(),
        "detectors": screen.digests,
        "parts": screens.in_force(),
        "history": screens.history(),
    }


def _incidents(workspace: Workspace, request: Request) -> object:
    return workspace.incidents.incidents(everything="all" in request.query_params)


def _incident(workspace: Workspace, request: Request) -> object:
    incident = workspace.incidents.incident(request.path_params["incident"])
    return {"incident": incident, "deadlines": workspace.incidents.deadlines(incident)}


def _rules(workspace: Workspace, _request: Request) -> object:
    return workspace.screens.recurrences()


def _withdrawn(workspace: Workspace, _request: Request) -> object:
    return workspace.archive.withdrawn()


def _canary(workspace: Workspace, _request: Request) -> object:
    last = workspace.screens.last_canary()
    if last is None:
        raise NotFound(zh="没有试用过任何方案", en="no screen was ever tried")
    return compare_sides(last, workspace.ledger.entries("gateway.exchanged", since=last.at, until=last.until))


def _replay(workspace: Workspace, _request: Request) -> object:
    return _latest(workspace, REPLAYED)


def _contacts(workspace: Workspace, request: Request) -> object:
    return workspace.companion().contacts(open_only="all" not in request.query_params)


def _alerts(workspace: Workspace, request: Request) -> object:
    return workspace.admissions.alerts(open_only="all" not in request.query_params)


def _overview(workspace: Workspace, request: Request) -> object:
    return workspace.admissions.overview(request.path_params["user"])


def _checkpoint(workspace: Workspace, _request: Request) -> object:
    return workspace.ledger.checkpoint()


def _reference(request: Request) -> EntryRef:
    return EntryRef(stream=request.path_params["stream"], seq=request.path_params["seq"])


def _entry(workspace: Workspace, request: Request) -> object:
    return workspace.ledger.entry(_reference(request))


def _proof(workspace: Workspace, request: Request) -> object:
    return workspace.ledger.prove(_reference(request))
