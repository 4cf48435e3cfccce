"""Codes of what cannot be read, is not let in, or is not to be found: no actor was asked."""

from typing import Final

from gateway.meanings.meaning import Meaning

OF_REQUESTS: Final = {
    "malformed_json": Meaning(
        "The body is not JSON, so it was not looked at.",
        "It broke off, has text after its end, is nested too deep, or holds NaN.",
        "Send one JSON object, as a JSON library writes it.",
    ),
    "duplicate_key": Meaning(
        "One object of the body has a key twice.",
        "Which of the two values was meant cannot be known, so neither is taken.",
        "Send each key once.",
    ),
    "invalid_encoding": Meaning(
        "The body is not text in UTF-8.",
        "It is in another encoding, begins with a byte order mark, or has lone surrogates.",
        "Encode the body in UTF-8, without a byte order mark.",
    ),
    "body_required": Meaning(
        "Nothing was sent where a JSON object is needed.",
        "The body is empty, or has none of the fields of which at least one must be there.",
        "Send the object; the operation in /swagger/index.html has an example.",
    ),
    "invalid_parameter": Meaning(
        "A parameter of the path or the query cannot be read.",
        "Its value cannot be right, or there is no parameter of this name: errors names each.",
        "Correct what errors names; a name that is not known may be a slip of the pen.",
    ),
    "invalid_header": Meaning(
        "A header that PocketPay reads cannot be read.",
        "It is there twice, or has a value that it cannot have: errors names each.",
        "Send the header once, in the form that errors tells.",
    ),
    "invalid_cursor": Meaning(
        "The list cannot go on from this cursor.",
        "It is cut off, or comes from a list with another path or other filters.",
        "Use next_cursor of the page before, with the same filters; or begin anew without a cursor.",
    ),
    "invalid_host": Meaning(
        "The gateway is not called by this name.",
        "The Host header is none that the operator has listed; another name may be that of an attacker's page.",
        "Call it by a listed name, or have the operator add this one to POCKETPAY_HOSTS.",
    ),
    "signature_invalid": Meaning(
        "A webhook came that its provider did not sign, so it was not believed.",
        "The signing secret of this account is another one, the raw body was changed on its way, or it is too old.",
        "Compare the account's webhook secret with the provider's; the provider sends the webhook again.",
    ),
    "key_missing": Meaning(
        "It is not known who asks.",
        "The request has neither a key nor a session's cookie.",
        "Send Authorization: Bearer ppk_…, or log in.",
    ),
    "key_invalid": Meaning(
        "There is no such key here.",
        "It was never made on this installation, or is cut off; or the stream's ticket is used, or too old.",
        "Copy the whole key anew, or have another one made; for a stream ask for another ticket.",
    ),
    "key_expired": Meaning(
        "The time of this key is over.",
        "It was made with an end, or was replaced and its overlap has ended.",
        "Use its successor, or make another key; rotate the next one before it ends.",
    ),
    "key_revoked": Meaning(
        "Somebody has revoked this key, which is for ever.",
        "The audit log says who did it, and when.",
        "Use another key.",
    ),
    "session_expired": Meaning(
        "You are not logged in any more.",
        "The session is over, you have logged out, or your user was disabled or has another password.",
        "Log in again.",
    ),
    "login_failed": Meaning(
        "Nobody was logged in.",
        "Address, password or tenant are wrong, or the user was changed meanwhile; whether there is one is not told.",
        "Check all three and try again; an admin can set another password.",
    ),
    "client_secret_invalid": Meaning(
        "The page has not shown the right to this payment.",
        "It sent no client_secret, or not that of this very payment. Whether there is such a payment is not told.",
        "Have your server hand the page the client_secret from the answer that made the payment.",
    ),
    "scope_missing": Meaning(
        "Whoever asks may not do this.",
        "The key, or the role of the user, does not include the scope that the problem names.",
        "Use a key that has this scope, or have an admin make one.",
    ),
    "role_missing": Meaning(
        "This is for the operator alone.",
        "Tenants are made and listed by the operator's tenant, which alone sees the health of all of them.",
        "Ask with a key of that tenant.",
    ),
    "mode_mismatch": Meaning(
        "Test and live do not belong together.",
        "It is a test key for a live tenant, or the reverse; or a test tenant's charge, and the account is live.",
        "Use a key of the tenant's own mode; for charges have the operator add an account with a test key.",
    ),
    "test_mode_only": Meaning(
        "A live tenant has nothing to do with money that is not real.",
        "The simulated provider, accounts with a test key, /simulated and test clocks are for test tenants.",
        "Ask with a test key, or have the operator add a live account with a real provider.",
    ),
    "origin_not_allowed": Meaning(
        "This web page may not ask the gateway.",
        "Its origin is not in the tenant's allowed_origins, or it sent a session's cookie from another origin.",
        "Add the origin to the tenant, and use a key that is not secret; for our own pages set POCKETPAY_PUBLIC_URL.",
    ),
    "auth_required_here": Meaning(
        "Nobody is let in without a key here.",
        "Others than this machine can reach the gateway.",
        "Run it with POCKETPAY_AUTH=keys, and send a key.",
    ),
    "not_found": Meaning(
        "There is no such thing for whoever asks.",
        "It was never there, was deleted, or is another tenant's: these look the same.",
        "Check the id, and that the key is of the right tenant.",
    ),
    "route_not_found": Meaning(
        "The API has no such path.",
        "The address is misspelt, or lacks /api/v1.",
        "Look the path up in /openapi.json.",
    ),
    "method_not_allowed": Meaning(
        "The path is there, and is not asked in this way.",
        "It takes other methods: the header Allow names them.",
        "Use one of those.",
    ),
    "not_acceptable": Meaning(
        "The answer is not to be had in this form.",
        "Accept asks for a media type that the operation does not answer with.",
        "Leave Accept out, or ask for one that the operation lists.",
    ),
    "request_timeout": Meaning(
        "The body did not arrive in time, and nothing was accepted.",
        "The connection is slow, or the client stopped in the middle.",
        "Send it again with the same Idempotency-Key.",
    ),
    "cursor_expired": Meaning(
        "What followed this place in the log cannot be told any more.",
        "Events are kept for 30 days and the cursor is older, or the log was numbered anew after it was lost.",
        "Read the resources as they are now, and go on from next_after.",
    ),
    "link_expired": Meaning(
        "The address was good for something that is over.",
        "The payment at the simulated bank does not wait for its customer any more.",
        "Go back to where the link came from, and see how the payment stands.",
    ),
    "body_too_large": Meaning(
        "The body is larger than the gateway reads.",
        "It has more than 1 MiB, or more than this operation says of itself.",
        "Send less at a time; bulk operations take many things in several requests.",
    ),
    "uri_too_long": Meaning(
        "The address is longer than the gateway reads.",
        "Its query holds too much.",
        "Use fewer or shorter filters.",
    ),
    "unsupported_media_type": Meaning(
        "The body is in a form that is not read here.",
        "Content-Type is not application/json in UTF-8, or there is a Content-Encoding.",
        "Send Content-Type: application/json, and nothing packed.",
    ),
    "headers_too_large": Meaning(
        "The headers are more than the gateway reads.",
        "One of them, or all together, are too long: often cookies of other programs.",
        "Send fewer or shorter headers.",
    ),
}
