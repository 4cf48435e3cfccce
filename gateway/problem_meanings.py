"""What each error code means, beyond its title, and what its problem carries: for the pages of codes and OpenAPI."""

from typing import Final

from gateway.problems import problem_body
from messages.problems import PROBLEMS
from messages.wire import Json

MEANINGS: Final = {
    "malformed_json": "The body broke off, has text after its end, is too deep, or holds NaN. It was not looked at.",
    "duplicate_key": "Which of two values was meant cannot be known, so that none is taken.",
    "invalid_encoding": "JSON is sent in UTF-8, without a byte order mark and without lone surrogates.",
    "body_required": "Send a JSON object; at least one of its fields must be there.",
    "invalid_parameter": "A parameter of path or query has a value that it cannot have, or is not known: see errors.",
    "invalid_header": "A header that PocketPay reads is there twice, or has a value that it cannot have: see errors.",
    "invalid_cursor": "A cursor goes on in the list that it came from, with the same filters and path. Begin anew.",
    "invalid_host": "Call the gateway by a name that it was told (POCKETPAY_HOSTS): others may be an attacker's page.",
    "signature_invalid": "A webhook of a provider is believed by the signature over its raw body. Check the secret.",
    "key_missing": "Send Authorization: Bearer ppk_…, or log in.",
    "key_invalid": "This key was never made here, or is cut off; or the ticket is used or too old.",
    "key_expired": "The key's time is over. Make another one, or rotate it before it ends.",
    "key_revoked": "Somebody has revoked it, which is for ever: the audit log says who. Use another one.",
    "session_expired": "You were logged out, or the session is too old. Log in again.",
    "login_failed": "It is not told which of address, password and tenant is wrong, nor whether there is such a user.",
    "client_secret_invalid": "A page of a customer shows the client_secret of the very payment. It is not told whether "
    "there is such a payment.",
    "card_declined": "The card's bank said no; decline_code is its reason. The payment is there, and may be confirmed "
    "with another method.",
    "authentication_required": "The card's bank wants to see its customer, who was not there. Have them confirm it.",
    "authentication_failed": "The customer did not show the bank who they are. They may try again.",
    "insufficient_funds": "The wallet holds less, its overdraft included: balance tells how much. Nothing was moved.",
    "scope_missing": "The key, or the role of the user, does not include the scope that is named. Use one that does.",
    "role_missing": "Tenants are made and listed by the operator's tenant alone.",
    "mode_mismatch": "A test key belongs to a test tenant, a live key to a live one. Use the tenant's own.",
    "test_mode_only": "The simulated provider, /simulated and test clocks have no real money: a live tenant has none.",
    "origin_not_allowed": "A page of another origin may ask if the tenant lists it in allowed_origins, and never "
    "with a session's cookie.",
    "auth_required_here": "Where others can reach the gateway it asks for keys.",
    "not_found": "It was never there, was deleted, or belongs to another tenant: these look the same.",
    "route_not_found": "The path is not one of the API; /openapi.json lists them all.",
    "method_not_allowed": "The path is there and takes other methods: the header Allow names them.",
    "not_acceptable": "The answer is not to be had in the media type that Accept asks for.",
    "request_timeout": "The body did not arrive in time. Nothing was accepted.",
    "wrong_state": "status_now does not allow it; allowed_from says from which statuses it could be done.",
    "already_exists": "The id is taken. Read the resource before you choose another.",
    "already_reversed": "A transaction is reversed once; the reversal is there already.",
    "in_use": "Something that is not over refers to it. End or archive that first.",
    "last_admin": "A tenant keeps one key or user with admin. Make another before you take this one away.",
    "outcome_pending": "The provider has not said yet what became of the step before. Try again when it has.",
    "cursor_expired": "Events are kept for thirty days. Read what you missed from the resources, and go on from 0.",
    "link_expired": "Ask whoever sent the link for a new one.",
    "version_conflict": "If-Match names a version that is not the present one. Read it again, and decide anew.",
    "body_too_large": "A body has 1 MiB at most, where nothing else is said. Send less at a time.",
    "uri_too_long": "The address is longer than the gateway reads.",
    "unsupported_media_type": "Send Content-Type: application/json in UTF-8, without Content-Encoding.",
    "headers_too_large": "All headers together are more than the gateway reads.",
    "validation_failed": "The body can be read, and is never right: errors names each place, what is wrong, and what "
    "may have been meant.",
    "idempotency_mismatch": "The key stands for another request, which may have been done; differing says in what they "
    "differ. Use a new key for a new wish.",
    "reference_not_found": "An id in the body, at pointer, names nothing of this tenant.",
    "amount_too_small": "It is less than the currency, or the provider, takes.",
    "amount_too_large": "It is more than can be counted, or than the provider takes.",
    "currency_unknown": "Currencies are ISO 4217 codes in capitals, such as USD.",
    "currency_not_supported": "The account with the provider does not take this currency.",
    "currency_mismatch": "Both sides must be in one currency; convert first.",
    "capture_exceeds_authorized": "No more can be captured than amount_capturable says.",
    "refund_exceeds_captured": "No more can be given back than was captured, less what was refunded before.",
    "not_refundable": "Nothing of this payment was captured, or all of it was given back.",
    "payment_method_unusable": "It is unknown, detached, expired, of another customer, or not for this payment.",
    "evidence_deadline_passed": "The card's network takes no more evidence for this dispute.",
    "inquiry_only": "Only a dispute that is still an inquiry can be answered so.",
    "unbalanced": "In each currency debits and credits must be equal. Nothing was posted.",
    "too_few_postings": "Money comes from somewhere and goes somewhere: two postings at least.",
    "too_many_postings": "A transaction has 1,000 postings at most. Split it.",
    "same_account": "What leaves an account cannot come to the same one.",
    "account_closed": "Nothing is posted to it any more.",
    "account_not_allowed": "By hand only accounts of the chart are posted to that are not kept by PocketPay itself.",
    "hold_exceeded": "No more can be confirmed than the hold has left.",
    "period_closed": "Its month is closed. Date it into an open one, or open the month again.",
    "date_out_of_range": "It is too far in the past or in the future.",
    "reversal_of_reversal": "Post what you want to have instead of reversing a reversal.",
    "balance_overflow": "A balance has 2^53-1 minor units at most. Nothing was posted.",
    "price_inactive": "An archived price begins nothing new. Use another one.",
    "mixed_currencies": "One subscription or invoice is in one currency.",
    "mixed_intervals": "One subscription has one rhythm. Make two of it.",
    "coupon_not_applicable": "It is over, used up, for other products, or in another currency.",
    "tax_conflict": "Two of these rates cannot hold for one line.",
    "credit_exceeds_invoice": "No more can be credited than was invoiced, less what was credited before.",
    "nothing_to_invoice": "There are no lines. Add one, or leave it.",
    "usage_not_metered": "Usage is counted for items whose price is metered.",
    "usage_too_late": "The period that it belongs to has its invoice already.",
    "clock_backwards": "A test clock only goes forward. Make another one to begin earlier.",
    "clock_not_attachable": "Only a customer who has nothing yet can live by a test clock, in a test tenant.",
    "import_invalid": "errors names line and field. Nothing was imported.",
    "webhook_url_refused": "Webhooks go to addresses outside of PocketPay's own network: reason says what is wrong.",
    "unknown_event_type": "Types are those of the contract, or a beginning such as payment.*.",
    "range_too_large": "Ask for less time at once.",
    "account_frozen": "An invariant broke, or somebody froze it: nothing that is asked for moves until that ends.",
    "rate_limited": "So many requests a second were not agreed. Retry-After says when there is room.",
    "quota_exceeded": "The tenant has as many of these, or as much at once, as it may.",
    "too_many_streams": "Close a stream that nobody reads, or read several kinds of events in one.",
    "too_many_attempts": "So many cards were declined that somebody may be trying stolen ones. Nothing was charged.",
    "declines_paused": "Nearly all cards are declined just now, so that nothing new is charged for a while.",
    "internal_error": "The cause is in the gateway's log under request_id. Repeating does nothing twice.",
    "unavailable": "The message bus or an actor's database is away. Nothing was accepted.",
    "overloaded": "More is waiting than can be done in time. Nothing was accepted.",
    "starting": "The gateway has not read its keys yet, or has not heard of them for five minutes.",
    "draining": "This process ends; another one takes the request.",
    "provider_unavailable": "The provider vouches that nothing was charged. It can be tried again.",
    "behind": "The reader has not seen the position that was asked for within 5 s: lag says how far it is behind.",
    "switched_off": "An operator has turned this off, and says why in the reason. What was accepted before goes on.",
    "outcome_unknown": "It was sent, and nobody has said yet that it was committed: it may still happen. Repeat it "
    "with the key in the answer, and you are told.",
}

MEMBERS: Final[dict[str, Json]] = {
    "invalid_parameter": {"errors": [{"parameter": "limit", "code": "too_large", "detail": "at most 100"}]},
    "invalid_header": {
        "errors": [{"parameter": "Idempotency-Key", "code": "bad_format", "detail": "1 to 255 characters"}]
    },
    "card_declined": {"decline_code": "insufficient_funds"},
    "scope_missing": {"scope": "payments:write"},
    "wrong_state": {
        "resource": {"object": "payment", "id": "pay_01ja"},
        "status_now": "succeeded",
        "allowed_from": ["requires_capture"],
    },
    "validation_failed": {
        "errors": [
            {"pointer": "/amount", "code": "wrong_type", "detail": '"10" is a string'},
            {"pointer": "/customerId", "code": "unknown_field", "detail": "did you mean customer_id?"},
        ]
    },
    "idempotency_mismatch": {"differing": ["/amount"]},
    "rate_limited": {"retry_after_seconds": 4},
    "behind": {"lag": 12},
    "outcome_unknown": {"idempotency_key": "order-42"},
}
"""What the code names besides, in an example."""


def problem_example(code: str) -> Json:
    """As it is answered. The members that it names say what is wrong with this one."""
    members = MEMBERS.get(code, {})
    errors: list[Json] = members.get("errors", [])
    detail = errors[0]["detail"] if errors else f"{PROBLEMS[code].title}."
    return problem_body(code, detail, "req_01ja", members)
