"""The gateway over HTTP: asked again, with the same key, for as long as nobody knows what became of it."""

import asyncio
import json
from dataclasses import dataclass
from typing import Final

import aiohttp

from health.unreached import why
from messages.problems import PROBLEMS
from messages.wire import Json
from pocketpay.program import StartFailed
from pocketpay.refusals import STRANGER, away, refusal
from pocketpay.targets import Door

TOGETHER_MAX: Final = 8
WAIT_SECONDS: Final = 30
ANSWER_SECONDS: Final = 45
PAUSES_SECONDS: Final = (0.5, 1, 2, 4, 8, 15)

_AWAY: Final = (aiohttp.ClientError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Answer:
    """`replayed`: the key was known, and this is what became of its first request. Status 0: nobody answered."""

    status: int
    body: Json
    replayed: bool = False

    @property
    def code(self) -> str:
        """Of the problem."""
        return str(self.body.get("code", "unavailable"))

    @property
    def unsettled(self) -> bool:
        """Whether asking again may help, and does no harm with the same key."""
        known = PROBLEMS.get(self.code)
        return self.status in (0, 202) or (self.status >= 400 and known is not None and _again(known.retry))


_NOT_OURS: Final = Answer(502, {"code": "unavailable", "detail": f"No answer: {STRANGER}."})


@dataclass(frozen=True, slots=True)
class Gateway:
    """`http` has the gateway's address as its base."""

    http: aiohttp.ClientSession
    pauses_seconds: tuple[float, ...] = PAUSES_SECONDS

    async def get(self, path: str, **parameters: str) -> Json | None:
        """The body of a 200, None for a 404. Raises StartFailed for all else, and writes do for a key that won't do."""
        answer = await self._patiently("GET", path, parameters, None, {})
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise StartFailed(f"{path} cannot be read: {answer.status} {answer.code} {answer.body.get('detail', '')}")
        return answer.body

    async def post(self, path: str, body: Json, key: str | None = None) -> Answer:
        """Whatever is known in the end; unsettled if nothing is."""
        return await self.write("POST", path, body, key)

    async def write(self, method: str, path: str, body: Json, key: str | None = None) -> Answer:
        """As `post`, with PUT and PATCH too."""
        headers = {"Content-Type": "application/json", "Prefer": f"wait={WAIT_SECONDS}"}
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        return await self._patiently(method, path, {}, text, headers | ({"Idempotency-Key": key} if key else {}))

    async def greet(self, url: str) -> None:
        """At the beginning, without patience. Raises StartFailed when nobody is there, or the key will not do."""
        answer = await self._once("GET", "/api/v1/me", {}, None, {})
        words = refusal(answer.status, answer.body)
        if answer.status == 0 or answer is _NOT_OURS:
            words = away(url, answer.body["detail"].removeprefix("No answer: "))
        if words is not None:
            raise StartFailed(words)

    async def _patiently(
        self, method: str, path: str, parameters: dict[str, str], text: str | None, headers: dict[str, str]
    ) -> Answer:
        for pause in (*self.pauses_seconds, None):
            answer = await self._once(method, path, parameters, text, headers)
            if (words := refusal(answer.status, answer.body)) is not None:
                raise StartFailed(words)
            if not answer.unsettled or pause is None:
                return answer
            await asyncio.sleep(pause)
        raise AssertionError("the last pause is None")

    async def _once(
        self, method: str, path: str, parameters: dict[str, str], text: str | None, headers: dict[str, str]
    ) -> Answer:
        try:
            async with self.http.request(method, path, params=parameters, data=text, headers=headers) as response:
                body = await response.json(content_type=None)
                if not isinstance(body, dict):
                    return _NOT_OURS
                return Answer(response.status, body, response.headers.get("Idempotent-Replayed") == "true")
        except _AWAY as error:
            return Answer(0, {"code": "unavailable", "detail": f"No answer: {why(error)}."})
        except ValueError:
            return _NOT_OURS


def session(door: Door) -> aiohttp.ClientSession:
    """To be closed by whoever opens it."""
    timeout, connector = aiohttp.ClientTimeout(total=ANSWER_SECONDS), aiohttp.TCPConnector(limit=TOGETHER_MAX)
    return aiohttp.ClientSession(door.url, timeout=timeout, connector=connector, headers=door.headers)


def _again(retry: str) -> bool:
    return retry in ("same_key", "later")
