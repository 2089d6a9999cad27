"""The line to one endpoint: HTTP, and how long to wait on it.

Loaded when a line is opened and not before: aiohttp takes as long to load as all of screening does.
"""

from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import aiohttp

from hegui.endpoint.model import EndpointAddress, Timeouts

Response: TypeAlias = aiohttp.ClientResponse
Request: TypeAlias = AbstractAsyncContextManager[Response]


class HttpLine:
    """An open line."""

    errors: tuple[type[Exception], ...] = (aiohttp.ClientError, TimeoutError, OSError)
    """Whatever stands for no answer."""

    def __init__(self, address: EndpointAddress, timeouts: Timeouts) -> None:
        """Open it; nothing is connected until the first request."""
        key = address.api_key
        self._url = address.url
        self._session = aiohttp.ClientSession(
            headers={} if key is None else {"Authorization": f"Bearer {key}"},
            connector=aiohttp.TCPConnector(limit=0),
        )
        self._whole = aiohttp.ClientTimeout(
            total=timeouts.answer_seconds, sock_connect=timeouts.connect_seconds
        )
        self._pieces = aiohttp.ClientTimeout(
            total=None, sock_connect=timeouts.connect_seconds, sock_read=timeouts.answer_seconds
        )

    async def close(self) -> None:
        """Close it."""
        await self._session.close()

    def request(self, method: str, path: str, body: dict[str, object] | None) -> Request:
        """Ask for an answer as a whole."""
        return self._session.request(
            method, self._url + path, json=body, timeout=self._whole, allow_redirects=False
        )

    def upload(self, path: str, fields: dict[str, str], data: bytes, *, name: str) -> Request:
        """The same with a form and a file of that name."""
        form = aiohttp.FormData(fields)
        form.add_field("file", data, filename=name)
        return self._session.post(self._url + path, data=form, timeout=self._whole, allow_redirects=False)

    def stream(self, path: str, body: dict[str, object]) -> Request:
        """Ask for an answer piece by piece; there is no limit to how long all of them may take."""
        return self._session.post(self._url + path, json=body, timeout=self._pieces, allow_redirects=False)
