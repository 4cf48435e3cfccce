"""Who asks of a system that asks for keys: clients with a key or a session of their own."""

import json
from typing import Any

from messages.wire import Json
from tests.walks.system import System


class Caller:
    """A client with a key of its own, or with a session."""

    def __init__(self, system: System, **headers: str) -> None:
        self._http, self._headers = system.http, headers

    @property
    def authorization(self) -> str:
        """For what lies elsewhere than below /api/v1."""
        return self._headers["Authorization"]

    async def ask(self, method: str, path: str, body: Json | None = None, **headers: str) -> tuple[int, Any]:
        """Status and body."""
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        payload = body if method in ("GET", "DELETE") else body or {}
        async with self._http.request(method, f"/api/v1{path}", json=payload, headers=sent) as answer:
            return answer.status, await answer.json(content_type=None)

    async def make(self, path: str, body: Json) -> Json:
        """What a POST has made."""
        status, made = await self.ask("POST", path, body)
        assert status == 201, made
        return made


async def admin_of(system: System, tenant: str, *options: str) -> Caller:
    """With a key that the operator makes on the command line."""
    code, said = await system.command("keys", "create", "--admin", "--tenant", tenant, "--json", *options)
    assert code == 0, said
    made = json.loads(said[said.index("{") :])  # what is said besides stands before it
    return Caller(system, Authorization=f"Bearer {made['secret']}")
