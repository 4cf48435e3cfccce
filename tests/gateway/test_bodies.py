"""What a wrong body is told: every fault at once, and how to put it right."""

from typing import Any

import pytest

from gateway.bodies import RefundBody, validate
from gateway.problems import Problem
from messages.customers import PutCustomer
from messages.payments import CreatePayment
from messages.wire import Json

GOOD: Json = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}


def refused(body: Json) -> Problem:
    with pytest.raises(Problem) as caught:
        validate(CreatePayment, body)
    return caught.value


def test_customer_is_understood_as_customer_id() -> None:
    body = {"amount": 1000, "currency": "USD", "customer": "abc123"}
    assert validate(CreatePayment, body) == validate(CreatePayment, GOOD)


def test_a_fault_in_customer_is_pointed_at_by_the_name_that_was_sent() -> None:
    problem = refused({"amount": 1, "currency": "USD", "customer": "a b"})
    assert problem.extra["errors"][0]["pointer"] == "/customer"


@pytest.mark.parametrize("name", ["customerId", "customer-id", "CustomerID", "custmer_id"])
def test_a_misspelt_field_is_asked_after(name: str) -> None:
    problem = refused({"amount": 1000, "currency": "USD", name: "abc123"})
    errors = {error["pointer"]: error for error in problem.extra["errors"]}
    assert errors[f"/{name}"]["code"] == "unknown_field"
    assert errors[f"/{name}"]["detail"].endswith("did you mean customer_id?")


@pytest.mark.parametrize("amount", ["10", 1.5, True, None, float("inf"), [], {}])
def test_only_an_integer_is_an_amount(amount: Any) -> None:
    problem = refused({**GOOD, "amount": amount})
    assert problem.code == "validation_failed"
    assert problem.extra["errors"][0]["code"] == "wrong_type"
    assert problem.detail == "amount must be an integer in minor units (1000 is 10.00 USD)."


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", 0, "amount_too_small"),
        ("amount", -5, "amount_too_small"),
        ("amount", 2**53, "amount_too_large"),
        ("amount", 10**40, "amount_too_large"),
        ("currency", "usd", "currency_unknown"),
        ("currency", "XXQ", "currency_unknown"),
        ("currency", "US", "currency_unknown"),
        ("currency", "ＵＳＤ", "currency_unknown"),
        ("currency", "XAU", "currency_unknown"),
        ("customer_id", "a.b", "validation_failed"),
        ("customer_id", "*", "validation_failed"),
        ("customer_id", "x" * 65, "validation_failed"),
        ("description", "x" * 501, "validation_failed"),
        ("return_url", "javascript:alert(1)", "validation_failed"),
        ("metadata", {"a": 1}, "validation_failed"),
        ("metadata", {"": "x"}, "validation_failed"),
        ("metadata", {str(key): "" for key in range(51)}, "validation_failed"),
    ],
)
def test_a_single_fault_gives_the_most_telling_code(field: str, value: Any, code: str) -> None:
    problem = refused({**GOOD, field: value})
    assert (problem.status, problem.code) == (422, code)
    assert len(problem.extra["errors"]) == 1


def test_the_hint_speaks_the_currency_of_the_request() -> None:
    assert "(1000 is 1000 JPY)" in refused({**GOOD, "currency": "JPY", "amount": "10"}).detail
    assert "(1000 is 1.000 KWD)" in refused({**GOOD, "currency": "KWD", "amount": "10"}).detail


def test_every_fault_is_named_at_once_and_in_its_place() -> None:
    destination = {"type": "sale", "tax": [{"jurisdiction": "DE", "amount": -1, "rate": 1}]}
    problem = refused({"amount": 0, "destination": destination})
    found = {(error["pointer"], error["code"]) for error in problem.extra["errors"]}
    assert problem.code == "validation_failed"
    assert found == {
        ("/amount", "too_small"),
        ("/currency", "missing"),
        ("/customer_id", "missing"),
        ("/destination/tax/0/amount", "too_small"),
        ("/destination/tax/0/rate", "unknown_field"),
    }


@pytest.mark.parametrize(
    ("destination", "pointer", "code"),
    [
        ({}, "/destination/type", "missing"),
        ({"type": "moon"}, "/destination/type", "not_one_of"),
        ({"type": "wallet"}, "/destination/customer_id", "missing"),
        (3, "/destination", "wrong_type"),
    ],
)
def test_a_wrong_destination_is_pointed_at(destination: Any, pointer: str, code: str) -> None:
    error = refused({**GOOD, "destination": destination}).extra["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_a_refund_may_leave_out_everything() -> None:
    assert validate(RefundBody, {}) == RefundBody()


@pytest.mark.parametrize("email", ["ada", "ada@x, bob@x", "a b@example.com"])
def test_what_is_no_address_is_told_in_a_sentence(email: str) -> None:
    with pytest.raises(Problem) as caught:
        validate(PutCustomer, {"email": email})
    assert caught.value.detail == "email must be one address such as ada@example.com."
