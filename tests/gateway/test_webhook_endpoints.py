"""Webhook endpoints at the door: the commands that requests become, what is refused, and where a secret is shown."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import aiohttp
import pytest

from gateway.addresses import networks
from gateway.door import Settings
from gateway.process import LOOPBACK_NAMES, start, stop
from health.metrics import CHARGES_REFUSED
from messages.envelope import Accepted, Command, Done, Query, Reply
from messages.notification_examples import DELIVERY, ENDPOINT
from messages.webhook_secrets import secret_of
from messages.wire import Json, json_of
from tests.gateway.conftest import Stage, an_event, done, read_frames

ENDPOINTS: Final = "/api/v1/webhook-endpoints"
KEY: Final = "a key of webhooks that nobody else has"
GOOD: Final[Json] = {"url": "https://example.com/hook", "types": ["payment.*", "invoice.paid"]}
CANARY: Final = b"whsec_"
BY_BOTH: Final = pytest.mark.parametrize(("method", "path"), [("POST", ENDPOINTS), ("PATCH", f"{ENDPOINTS}/we_1")])

REFUSED_URLS: Final = (
    ("http://example.com/hook", "must begin with https"),
    ("ftp://example.com/hook", "must begin with https"),
    ("https://user:password@example.com/hook", "user name or password"),
    ("https://example.com:8080/hook", "port must be 443 or 8443"),
    ("https://localhost/hook", "inner networks"),
    ("https://127.0.0.1/hook", "loopback"),
    ("https://10.1.2.3/hook", "private"),
    ("https://169.254.169.254/latest/meta-data", "metadata"),
    ("https://[::1]/hook", "loopback"),
    ("https://[::ffff:127.0.0.1]/hook", "stands for another"),
    ("https://2130706433/hook", "usual form"),
    ("https://example.com/hook#part", "fragment"),
)
REFUSED_TYPES: Final = (
    ("payment.succeded", "did you mean payment.succeeded?"),
    ("payments.*", "did you mean payment.*?"),
    ("invoice", "did you mean invoice.*?"),
    ("nothing.of.the.kind", "/asyncapi.json lists all"),
    ("webhook.*", "never delivered"),
    ("webhook.endpoint.created", "never delivered"),
    ("mail.sent", "never delivered"),
)


@pytest.fixture
def settings() -> Settings:
    return Settings("open", LOOPBACK_NAMES, webhook_key=KEY)


@pytest.fixture
async def http(settings: Settings, nats_as: Callable[[str], str]) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a gateway with these settings."""
    gateway = await start(settings, nats_url=nats_as("gateway"), host="127.0.0.1", port=0)
    while not gateway.door.feed.ring.ready:
        await gateway.door.feed.ring.changed(0.1)
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{gateway.port}", timeout=timeout) as session:
        yield session
    await stop(gateway)


@pytest.fixture
async def said(stage: Stage) -> list[bytes]:
    """All that is said on the bus from now on, as it was said."""
    heard: list[bytes] = []

    async def hear(message: Any) -> None:
        heard.append(message.subject.encode() + message.data + str(message.headers).encode())

    await stage.client.subscribe(">", cb=hear)
    await stage.client.flush()
    return heard


def endpoint(id_: str, version: int = 1) -> Json:
    return {**json_of(ENDPOINT), "id": id_, "secret_version": version, "version": version}


def made(command: Command) -> list[Any]:
    return [done(command, 201, endpoint(command.subject))]


async def test_an_endpoint_that_is_made_shows_its_secret_which_no_command_holds(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given
    stage.script = made
    # When
    async with http.post(ENDPOINTS, json={**GOOD, "description": "Orders", "metadata": {"team": "shop"}}) as answer:
        body = await answer.json()
    # Then
    (command,) = stage.commands
    assert (command.actor, command.type) == ("notifications", "webhook_endpoint.create")
    assert command.subject.startswith("we_")
    assert command.data == {**GOOD, "description": "Orders", "metadata": {"team": "shop"}, "rate_limit": 50}
    secret = secret_of(KEY, "demo", command.subject, 1)
    assert (answer.status, body) == (201, {**endpoint(command.subject), "secret": secret})
    assert answer.headers["Location"] == f"{ENDPOINTS}/{command.subject}"


async def test_who_repeats_a_request_is_shown_the_same_secret_again(http: aiohttp.ClientSession, stage: Stage) -> None:
    # Given an actor that knows the command when it comes again
    stage.script = lambda command: [done(command, 201, endpoint("we_1"), replayed=len(stage.commands) > 1)]
    headers = {"Idempotency-Key": "hook-1"}
    # When
    async with http.post(ENDPOINTS, json=GOOD, headers=headers) as first:
        body = await first.json()
    async with http.post(ENDPOINTS, json=GOOD, headers=headers) as again:
        repeated = await again.json()
    # Then
    assert again.headers["Idempotent-Replayed"] == "true"
    assert repeated == body
    assert body["secret"].startswith("whsec_")


async def test_an_outcome_that_is_streamed_shows_the_secret_and_its_events_do_not(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    # Given
    def script(command: Command) -> list[Any]:
        shown = endpoint(command.subject)
        event = an_event("webhook.endpoint.created", payment=command.subject, cause=command.id, data=shown)
        return [event, done(command, 201, shown, position=1)]

    stage.script = script
    # When
    headers = {"Accept": "text/event-stream"}
    async with http.post(ENDPOINTS, json=GOOD, headers=headers) as answer:
        event, outcome = await read_frames(answer, 2)
    # Then
    assert (event["event"], json.loads(event["data"])["data"]["secret"]) == ("webhook.endpoint.created", None)
    told = json.loads(outcome["data"])
    assert told["body"]["secret"] == secret_of(KEY, "demo", stage.commands[0].subject, 1)


async def test_a_rotation_shows_the_secret_of_its_version(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, 200, endpoint(command.subject, 3))]
    async with http.post(f"{ENDPOINTS}/we_1/rotate-secret", json={"overlap_seconds": 60}) as answer:
        body = await answer.json()
    (command,) = stage.commands
    assert (command.type, command.data) == ("webhook_endpoint.rotate_secret", {"overlap_seconds": 60})
    assert (answer.status, body["secret"]) == (200, secret_of(KEY, "demo", "we_1", 3))


async def test_a_secret_is_in_two_answers_and_nowhere_else(
    http: aiohttp.ClientSession, stage: Stage, said: list[bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    # Given an endpoint that can be read, listed and changed
    shown = endpoint("we_1")
    stage.answers["notifications.webhook_endpoint"] = lambda _: Reply(body=shown)
    stage.answers["notifications.webhook_endpoints"] = lambda _: Reply(body={"data": [shown], "has_more": False})
    stage.script = lambda command: [done(command, 200, shown)]
    # When all is done with it that can be done
    answers: dict[str, bytes] = {}
    for method, path, body in (
        ("POST", ENDPOINTS, GOOD),
        ("POST", f"{ENDPOINTS}/we_1/rotate-secret", {}),
        ("GET", f"{ENDPOINTS}/we_1", None),
        ("GET", ENDPOINTS, None),
        ("PATCH", f"{ENDPOINTS}/we_1", {"types": ["*"]}),
        ("POST", f"{ENDPOINTS}/we_1/enable", {}),
        ("POST", f"{ENDPOINTS}/we_1/disable", {}),
    ):
        async with http.request(method, path, json=body) as answer:
            assert answer.ok, (method, path)
            answers[f"{method} {path}"] = await answer.read() + str(answer.headers).encode()
    # Then
    showing = [each for each, answer in answers.items() if CANARY in answer]
    assert showing == [f"POST {ENDPOINTS}", f"POST {ENDPOINTS}/we_1/rotate-secret"]
    assert len(said) >= len(answers)
    assert [each for each in said if CANARY in each or KEY.encode() in each] == []
    written = "".join(capfd.readouterr())
    assert (CANARY.decode() in written, KEY in written) == (False, False)


@pytest.mark.parametrize("settings", [Settings("open", LOOPBACK_NAMES)])
@pytest.mark.parametrize(("path", "body"), [(ENDPOINTS, GOOD), (f"{ENDPOINTS}/we_1/rotate-secret", {})])
async def test_without_a_key_nothing_is_accepted_whose_secret_could_not_be_shown(
    http: aiohttp.ClientSession, stage: Stage, path: str, body: Json
) -> None:
    async with http.post(path, json=body) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (503, "unavailable")
    assert "POCKETPAY_WEBHOOK_KEY" in problem["detail"]
    assert stage.commands == []


async def test_a_command_that_still_runs_is_shown_as_it_is(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [Accepted(command_id=command.id)]
    async with http.post(ENDPOINTS, json=GOOD, headers={"Prefer": "respond-async"}) as answer:
        body = await answer.json()
    assert (answer.status, body["object"], body["status"]) == (202, "command", "running")
    assert "secret" not in body


@BY_BOTH
async def test_a_url_that_must_not_be_called_is_refused_with_the_reason(
    http: aiohttp.ClientSession, stage: Stage, method: str, path: str
) -> None:
    for url, reason in REFUSED_URLS:
        async with http.request(method, path, json={**GOOD, "url": url}) as answer:
            problem = await answer.json()
        assert (url, answer.status, problem["code"]) == (url, 422, "webhook_url_refused")
        assert [error["pointer"] for error in problem["errors"]] == ["/url"]
        assert reason in problem["detail"]
        assert reason in problem["reason"]
    assert stage.commands == []


@pytest.mark.parametrize(
    "settings", [Settings("open", LOOPBACK_NAMES, webhook_key=KEY, webhook_allow=networks(["127.0.0.0/8"]))]
)
async def test_networks_that_the_operator_allows_may_be_called(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = made
    for url, status in (("http://127.0.0.1:9000/hook", 201), ("http://10.0.0.1:9000/hook", 422)):
        async with http.post(ENDPOINTS, json={**GOOD, "url": url}) as answer:
            assert answer.status == status


@BY_BOTH
async def test_a_type_that_is_never_delivered_is_refused(
    http: aiohttp.ClientSession, stage: Stage, method: str, path: str
) -> None:
    for wanted, said_of_it in REFUSED_TYPES:
        async with http.request(method, path, json={**GOOD, "types": ["payment.*", wanted]}) as answer:
            problem = await answer.json()
        assert (wanted, answer.status, problem["code"]) == (wanted, 422, "unknown_event_type")
        assert [error["pointer"] for error in problem["errors"]] == ["/types/1"]
        assert said_of_it in problem["detail"]
    assert stage.commands == []


async def test_all_types_that_there_are_not_are_told_at_once(http: aiohttp.ClientSession, stage: Stage) -> None:
    async with http.post(ENDPOINTS, json={**GOOD, "types": ["pay.*", "invoice.paid", "mail.*"]}) as answer:
        problem = await answer.json()
    assert [error["pointer"] for error in problem["errors"]] == ["/types/0", "/types/2"]
    assert stage.commands == []


async def test_types_that_there_are_are_taken(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = made
    types = ["*", "payment.succeeded", "ledger.*", "ledger.transaction.*", "subscription.renewed"]
    async with http.post(ENDPOINTS, json={**GOOD, "types": types}) as answer:
        assert answer.status == 201
    assert stage.commands[0].data["types"] == types


async def test_a_change_says_what_was_sent_and_nothing_else(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, 200, endpoint(command.subject, 8))]
    wish: Json = {"description": None, "metadata": {"team": None}}
    async with http.patch(f"{ENDPOINTS}/we_1", json=wish, headers={"If-Match": '"7"'}) as answer:
        assert (answer.status, answer.headers["ETag"]) == (200, '"8"')
    (command,) = stage.commands
    assert (command.type, command.subject) == ("webhook_endpoint.update", "we_1")
    assert command.data == {"changes": wish, "if_match": 7}


async def test_what_can_be_done_with_an_endpoint_is_a_command_about_it(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    stage.script = lambda command: [done(command, 202, {"id": "x_1", "object": "ping"})]
    since: Json = {"from": "2026-11-22T10:00:00Z", "only": "failed"}
    for method, path, body, type_, data in (
        ("DELETE", "", None, "delete", {}),
        ("POST", "/test", {}, "test", {}),
        ("POST", "/test", None, "test", {}),
        ("POST", "/enable", {}, "enable", {}),
        ("POST", "/disable", {}, "disable", {}),
        ("POST", "/replay", since, "replay", {"from": "2026-11-22T10:00:00.000Z", "to": None, "only": "failed"}),
    ):
        async with http.request(method, f"{ENDPOINTS}/we_1{path}", json=body) as answer:
            assert (path, answer.status) == (path, 202)
        command = stage.commands[-1]
        assert (command.actor, command.subject) == ("notifications", "we_1")
        assert (command.type, command.data) == (f"webhook_endpoint.{type_}", data)


@pytest.mark.parametrize("path", [f"{ENDPOINTS}/we_theirs", "/api/v1/webhook-deliveries/del_theirs"])
async def test_what_is_another_tenants_is_not_found(http: aiohttp.ClientSession, stage: Stage, path: str) -> None:
    # Given an actor that answers each tenant about its own alone
    def answer(query: Query) -> Reply:
        theirs = {"code": "not_found", "detail": "There is no such one."}
        return Reply(body=endpoint("we_theirs")) if query.tenant == "other" else Reply(status=404, body=theirs)

    stage.answers |= {"notifications.webhook_endpoint": answer, "notifications.webhook_delivery": answer}
    stage.script = lambda command: [done(command, 404, {"code": "not_found", "detail": "No.", "t": command.tenant})]
    # When
    async with http.get(path) as read:
        problem = await read.json()
    async with http.post(f"{path}/replay", json={"from": "2026-11-22T10:00:00Z"} if "endpoints" in path else {}) as put:
        refused = await put.json()
    # Then
    assert (read.status, problem["code"]) == (404, "not_found")
    assert (put.status, refused["code"], refused["t"]) == (404, "not_found", "demo")


async def test_deliveries_are_listed_by_endpoint_event_and_status(http: aiohttp.ClientSession, stage: Stage) -> None:
    shown = json_of(DELIVERY)
    stage.answers["notifications.webhook_deliveries"] = lambda _: Reply(body={"data": [shown], "has_more": False})
    filters = "endpoint=we_01ja&event=evt_01ja&status=failed,discarded"
    async with http.get(f"/api/v1/webhook-deliveries?{filters}") as answer:
        body = await answer.json()
    assert body == {"data": [shown], "has_more": False, "next_cursor": None}
    asked = stage.queries[-1].params
    assert (asked["endpoint"], asked["event"]) == ("we_01ja", "evt_01ja")
    assert asked["status"] == ["failed", "discarded"]


async def test_a_delivery_that_is_replayed_is_a_new_one(http: aiohttp.ClientSession, stage: Stage) -> None:
    stage.script = lambda command: [done(command, 201, {**json_of(DELIVERY), "id": "del_2", "replay": True})]
    async with http.post("/api/v1/webhook-deliveries/del_1/replay") as answer:
        assert (answer.status, answer.headers["Location"]) == (201, "/api/v1/webhook-deliveries/del_2")
    (command,) = stage.commands
    assert (command.type, command.subject, command.data) == ("webhook_delivery.replay", "del_1", {})


async def test_an_endpoint_too_many_is_no_refused_charge(http: aiohttp.ClientSession, stage: Stage) -> None:
    def counted() -> list[Any]:
        return [sample for each in CHARGES_REFUSED.collect() for sample in each.samples]

    no = {"code": "quota_exceeded", "detail": "At most 1000."}
    stage.script = lambda command: [Done(command_id=command.id, status=429, body=no)]
    before = counted()
    async with http.post(ENDPOINTS, json=GOOD) as answer:
        assert (answer.status, (await answer.json())["code"]) == (429, "quota_exceeded")
    assert counted() == before


async def test_the_log_has_what_is_said_of_webhooks_mails_and_tests(http: aiohttp.ClientSession, stage: Stage) -> None:
    types = ["webhook.endpoint.created", "webhook.delivery.failed", "mail.sent", "ping.sent"]
    for type_ in types:
        await stage.say(an_event(type_))
    async with http.get("/api/v1/events?limit=100&wait=1") as answer:
        assert [each["type"] for each in (await answer.json())["data"]] == types
    async with http.get("/api/v1/events?type=webhook.*") as answer:
        assert [each["type"] for each in (await answer.json())["data"]] == types[:2]
