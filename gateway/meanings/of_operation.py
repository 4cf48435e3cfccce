"""Codes of too much at once, and of what is away just now."""

from typing import Final

from gateway.meanings.meaning import Meaning

OF_OPERATION: Final = {
    "rate_limited": Meaning(
        "Too many requests came in a short time, and this one was not accepted.",
        "The key, or an address without a known key, asked more often than the operator lets it.",
        "Wait as long as Retry-After says, then send it with the same Idempotency-Key.",
    ),
    "quota_exceeded": Meaning(
        "As much is in use as may be, and this was not accepted.",
        "The tenant, or one key alone, has so many requests at once or of a resource; or a payment's pages ask much.",
        "Let earlier requests end first, or end what is not needed any more.",
    ),
    "too_many_streams": Meaning(
        "All places for open streams are taken.",
        "The tenant, one key alone, one payment's pages, or the gateway has as many as there may be.",
        "Close streams that nobody reads, and read several kinds of events in one.",
    ),
    "too_many_attempts": Meaning(
        "Nothing was charged: too many cards were declined before.",
        "Somebody may be trying stolen cards on this payment, as this customer, or from this address.",
        "Have the customer wait, or use another way to pay; look at the declines if they are many.",
    ),
    "declines_paused": Meaning(
        "No new payments are charged for a while, and nothing was accepted.",
        "Nearly all cards are declined just now, as in an attack that tests cards.",
        "Try again after Retry-After; the dashboard shows the declines.",
    ),
    "internal_error": Meaning(
        "Something is broken in PocketPay.",
        "The gateway's log has the cause under request_id.",
        "Repeat it with the same Idempotency-Key, which does nothing twice; tell the operator the request_id.",
    ),
    "unavailable": Meaning(
        "What must be asked is away, and nothing was accepted.",
        "The message bus, an actor, or its database cannot be reached.",
        "Try again after Retry-After; /status says what is away.",
    ),
    "overloaded": Meaning(
        "More is waiting than can be done in time, and nothing was accepted.",
        "Requests come faster than they are decided.",
        "Try again after Retry-After, and send fewer at once.",
    ),
    "starting": Meaning(
        "The gateway cannot tell yet who may ask, and lets nobody in.",
        "It has not read its keys or the tenant yet, or has not heard of them for five minutes.",
        "Try again in a few seconds.",
    ),
    "draining": Meaning(
        "This process is ending, and takes nothing new.",
        "It is stopped, or replaced by another one.",
        "Open another connection and send it with the same Idempotency-Key.",
    ),
    "provider_unavailable": Meaning(
        "The payment provider is away, and vouches that nothing was charged.",
        "It is out of order, or refused the request for a time.",
        "Try again later; GET /providers says how the accounts are.",
    ),
    "behind": Meaning(
        "The answer would be older than what was asked for.",
        "Whoever answers has not got as far as min_position within 5 s: lag says how much is missing.",
        "Ask again, or leave min_position out if an older answer will do.",
    ),
    "switched_off": Meaning(
        "An operator has turned this off, and nothing was accepted.",
        "The problem's reason says why; what was accepted before goes on.",
        "Wait until it is on again: GET /switches says so.",
    ),
    "outcome_unknown": Meaning(
        "Nobody knows yet whether it happened, and it may still happen.",
        "It was sent, and no actor has said in time that it was committed.",
        "Repeat the same request with the Idempotency-Key of the answer: it is done once, and the outcome is told.",
    ),
}
