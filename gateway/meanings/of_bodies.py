"""Codes of what can be read and cannot be done: as it was asked, or in the present state."""

from typing import Final

from gateway.meanings.meaning import Meaning

OF_BODIES: Final = {
    "validation_failed": Meaning(
        "The body can be read, and can never be right.",
        "Fields are missing, unknown, of a wrong type or out of bounds: errors has each place and what is wrong.",
        "Correct every field that errors names; it may say what was meant.",
    ),
    "idempotency_mismatch": Meaning(
        "This Idempotency-Key stands for another request already, which may have been done.",
        "The method, the path, the query or the body differ: differing says in what.",
        "Use a new key for a new wish, and the same one only to repeat exactly the same request.",
    ),
    "reference_not_found": Meaning(
        "The body names something that this tenant has not.",
        "The id at pointer is misspelt, was deleted, or is another tenant's.",
        "Make what is named first, or correct its id.",
    ),
    "amount_too_small": Meaning(
        "The amount is less than may be asked for.",
        "What moves money is 1 minor unit at least, and a provider may want more.",
        "Ask for more. Amounts are in minor units: 1000 is 10.00 USD.",
    ),
    "amount_too_large": Meaning(
        "The amount is too much.",
        "It is more than can be counted (2^53-1 minor units), than is left to pay, or than the provider takes.",
        "Ask for less. Amounts are in minor units: 1000 is 10.00 USD.",
    ),
    "currency_unknown": Meaning(
        "There is no such currency.",
        "It is not a code of ISO 4217 in capitals.",
        "Use a code such as USD, EUR or JPY.",
    ),
    "currency_not_supported": Meaning(
        "This currency is not taken here.",
        "The account with the provider, or what was asked for, has no place for it.",
        "Use another currency, or another account.",
    ),
    "currency_mismatch": Meaning(
        "Two amounts are in different currencies where they must be in one.",
        "Money is never converted by the way.",
        "Use the currency of what is referred to, or convert first with POST /ledger/conversions.",
    ),
    "wrong_state": Meaning(
        "The resource's present status does not allow this.",
        "It is in status_now, and it could be done from the statuses in allowed_from; perhaps somebody was faster.",
        "Read the resource, and decide anew.",
    ),
    "already_exists": Meaning(
        "There is one with this id already.",
        "The id was used before, by you or by a repeat of the request under another key.",
        "Read the one that is there; for another one choose another id.",
    ),
    "already_reversed": Meaning(
        "It was reversed before, and is reversed once at most.",
        "reversed_by of the transaction names the reversal.",
        "Leave it, or post what is still missing as a transaction of its own.",
    ),
    "in_use": Meaning(
        "It cannot go while something needs it.",
        "Something that is not over refers to it, or it belongs to something that alone may end it.",
        "End, archive or change that first: the detail names it.",
    ),
    "last_admin": Meaning(
        "Nobody would be left who may administer this tenant.",
        "It is the last key or user with admin that works.",
        "Make another one first.",
    ),
    "outcome_pending": Meaning(
        "An earlier step has not ended, and until then nothing else begins.",
        "The provider has not said what became of it; it is asked again and again.",
        "Read the resource until it has moved on, then try again.",
    ),
    "version_conflict": Meaning(
        "It was changed by somebody since you have read it.",
        "If-Match names a version that is not the present one.",
        "Read it again, look at what is new, and send the change with its ETag.",
    ),
    "import_invalid": Meaning(
        "The import cannot be read, and nothing of it was taken.",
        "errors names line and field of what is wrong.",
        "Correct these lines and import the whole again: what is there already is not made twice.",
    ),
    "webhook_url_refused": Meaning(
        "Webhooks are not sent to this address.",
        "It is not https, or names an address of a private or special network: reason says what is wrong.",
        "Use an address that the internet reaches; while you develop, use pocketpay listen.",
    ),
    "unknown_event_type": Meaning(
        "There is no event of this type.",
        "It is neither a type of the list nor the beginning of one, such as payment.*.",
        "Choose from the types in docs/webhooks.md, or take * for all.",
    ),
    "range_too_large": Meaning(
        "This is too much time for one request.",
        "from and to are further apart than the detail says.",
        "Ask for several shorter times, one after the other.",
    ),
}
