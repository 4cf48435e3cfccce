"""Every error code of the contract: its status, its title, and what the client may do next (`retry`)."""

from dataclasses import dataclass
from typing import Literal

Retry = Literal["same_key", "new_key", "later", "never"]


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A row of the contract's error table. The page `/problems/<code>` is made from it."""

    status: int
    title: str
    retry: Retry


def _rows(status: int, retry: Retry, **titles: str) -> dict[str, ProblemType]:
    return {code: ProblemType(status, title, retry) for code, title in titles.items()}


PROBLEMS: dict[str, ProblemType] = {
    **_rows(
        400,
        "new_key",
        malformed_json="The body is not JSON",
        duplicate_key="A key stands twice in one object",
        invalid_encoding="The body is not UTF-8 text",
        body_required="This request needs a body",
        invalid_parameter="A parameter cannot be read",
        invalid_header="A header cannot be read",
        invalid_cursor="The cursor cannot be read or belongs to other filters",
        invalid_host="This host name is not served here",
        signature_invalid="The signature does not fit the body",
    ),
    **_rows(
        401,
        "never",
        key_missing="An API key is needed",
        key_invalid="The API key is not known",
        key_expired="The API key has expired",
        key_revoked="The API key was revoked",
        session_expired="The session has ended",
        login_failed="The address or the password is wrong",
        client_secret_invalid="The client secret does not fit",
    ),
    **_rows(
        402,
        "new_key",
        card_declined="The card was declined",
        authentication_required="The customer must authenticate",
        authentication_failed="The customer did not authenticate",
        insufficient_funds="The wallet does not hold enough",
    ),
    **_rows(
        403,
        "never",
        scope_missing="The key lacks a scope",
        role_missing="The user lacks a role",
        mode_mismatch="Test key and live tenant, or the reverse",
        test_mode_only="Only test tenants may do this",
        origin_not_allowed="This web origin is not allowed",
        auth_required_here="Open mode is not offered here",
    ),
    **_rows(404, "never", not_found="There is no such resource", route_not_found="There is no such path"),
    **_rows(405, "never", method_not_allowed="The path does not take this method"),
    **_rows(406, "never", not_acceptable="The wanted media type is not offered"),
    **_rows(408, "same_key", request_timeout="The request took too long to arrive"),
    **_rows(
        409,
        "new_key",
        wrong_state="The resource's state does not allow this",
        already_exists="It exists already",
        already_reversed="It was reversed already",
        in_use="Something still refers to it",
        last_admin="The last admin cannot go",
    ),
    **_rows(409, "new_key", outcome_pending="An earlier step's outcome is still unknown"),
    **_rows(
        410,
        "never",
        cursor_expired="The cursor is older than what is kept",
        link_expired="The link has expired",
    ),
    **_rows(412, "new_key", version_conflict="The resource has changed meanwhile"),
    **_rows(413, "new_key", body_too_large="The body is too large"),
    **_rows(414, "new_key", uri_too_long="The address is too long"),
    **_rows(415, "new_key", unsupported_media_type="The body must be application/json"),
    **_rows(431, "new_key", headers_too_large="The headers are too large"),
    **_rows(
        422,
        "new_key",
        validation_failed="The request is not valid",
        idempotency_mismatch="The key was used for another request",
        reference_not_found="The body names something that does not exist",
        amount_too_small="The amount is too small",
        amount_too_large="The amount is too large",
        currency_unknown="There is no such currency",
        currency_not_supported="The currency is not supported here",
        currency_mismatch="The currencies differ",
        capture_exceeds_authorized="More than was authorised",
        refund_exceeds_captured="More than was captured and not yet refunded",
        not_refundable="There is nothing to refund",
        payment_method_unusable="The payment method cannot be used",
        evidence_deadline_passed="The deadline for evidence has passed",
        inquiry_only="Only inquiries allow this",
        unbalanced="Debits and credits differ",
        too_few_postings="A transaction has at least two postings",
        too_many_postings="A transaction has at most 1,000 postings",
        same_account="Both sides are the same account",
        account_closed="The account is closed",
        account_not_allowed="The account is outside the chart, or reserved",
        hold_exceeded="More than is held",
        period_closed="The period is closed",
        date_out_of_range="The date is out of range",
        reversal_of_reversal="A reversal cannot be reversed",
        balance_overflow="The balance would become too large",
        price_inactive="The price is archived",
        mixed_currencies="All items must be in one currency",
        mixed_intervals="All items must have one interval",
        coupon_not_applicable="The coupon does not apply here",
        tax_conflict="These tax rates contradict each other",
        credit_exceeds_invoice="More than was invoiced and not yet credited",
        nothing_to_invoice="There is nothing to ask for",
        usage_not_metered="The price is not metered",
        usage_too_late="The period of this usage is invoiced",
        clock_backwards="A clock only goes forward",
        clock_not_attachable="The customer cannot live by this clock",
        import_invalid="The import cannot be read",
        webhook_url_refused="Webhooks cannot go there",
        unknown_event_type="There is no such type of event",
        range_too_large="The range is too large",
    ),
    **_rows(423, "new_key", account_frozen="The account is frozen"),
    **_rows(
        429,
        "later",
        rate_limited="Too many requests",
        quota_exceeded="The tenant's quota is used up",
        too_many_streams="Too many open streams",
        too_many_attempts="Too many attempts",
        declines_paused="Too many declines",
    ),
    **_rows(500, "same_key", internal_error="Something went wrong here"),
    **_rows(
        503,
        "later",
        unavailable="The service cannot be reached just now",
        overloaded="Too much is waiting",
        starting="The service is starting",
        draining="The service is stopping",
        provider_unavailable="The payment provider is away; nothing was charged",
        behind="The reader has not got so far yet",
        switched_off="Switched off by an operator",
    ),
    **_rows(504, "same_key", outcome_unknown="Nobody knows yet whether it will happen"),
}
