"""Codes of money that was refused, of payments and of the ledger."""

from typing import Final

from gateway.meanings.meaning import Meaning

OF_MONEY: Final = {
    "card_declined": Meaning(
        "The card's bank said no. The payment is there all the same, and nothing was charged.",
        "decline_code has the bank's reason, if it gave one.",
        "Have the customer confirm the payment with another method; do not repeat lost, stolen or fraudulent cards.",
    ),
    "authentication_required": Meaning(
        "The card's bank wants to see its customer, and nothing was charged.",
        "The customer was not there: off_session was said.",
        "Have the customer come and confirm the payment themselves.",
    ),
    "authentication_failed": Meaning(
        "The customer did not show the bank who they are, and nothing was charged.",
        "They refused, gave up, or took too long.",
        "They may try again, or with another method.",
    ),
    "insufficient_funds": Meaning(
        "The wallet holds too little, and nothing was moved.",
        "balance says how much is there; the overdraft that the wallet may have is counted in.",
        "Top the wallet up, ask for less, or take another method.",
    ),
    "capture_exceeds_authorized": Meaning(
        "More would be captured than the card's bank has promised.",
        "amount is more than amount_capturable of the payment.",
        "Capture that much at most, and make another payment for the rest.",
    ),
    "refund_exceeds_captured": Meaning(
        "More would be given back than was taken.",
        "Refunds that are there already, pending ones too, count against amount_captured.",
        "Refund at most what is left.",
    ),
    "not_refundable": Meaning(
        "There is nothing to give back.",
        "Nothing of this payment was captured, or all of it was refunded or is disputed.",
        "Cancel a payment that was not captured; else leave it.",
    ),
    "payment_method_unusable": Meaning(
        "The payment cannot be made with this method, and nothing was charged.",
        "It is missing, unknown, detached, expired, another customer's, not at this account, or not for this payment.",
        "Choose another method; GET /customers/{id}/payment-methods lists the customer's.",
    ),
    "evidence_deadline_passed": Meaning(
        "It is too late to answer this dispute.",
        "evidence_details.due_by is over, and the card's network takes nothing more.",
        "Wait for the outcome.",
    ),
    "inquiry_only": Meaning(
        "This can only be done while the dispute is an inquiry.",
        "The money has been withdrawn already.",
        "Hand in evidence, or accept the dispute.",
    ),
    "account_frozen": Meaning(
        "Nothing that is asked for moves on this account.",
        "An invariant broke there, or somebody froze it with a reason. Facts of the outside are still posted.",
        "See why in the ledger's pages, and unfreeze it when that is settled.",
    ),
    "unbalanced": Meaning(
        "Nothing was posted: debits and credits differ.",
        "In each currency they must be equal.",
        "Add what is missing on the other side.",
    ),
    "too_few_postings": Meaning(
        "Nothing was posted: this is no whole transaction.",
        "Money comes from somewhere and goes somewhere, which takes two postings at least.",
        "Add the other side.",
    ),
    "too_many_postings": Meaning(
        "Nothing was posted: this is too much for one transaction.",
        "It has 1,000 postings at most.",
        "Split it into several.",
    ),
    "same_account": Meaning(
        "Nothing was moved: it would come back to where it left.",
        "Both sides are the same account, or the same customer.",
        "Name another one on one side.",
    ),
    "account_closed": Meaning(
        "Nothing is posted to this account any more.",
        "It was closed.",
        "Use another account.",
    ),
    "account_not_allowed": Meaning(
        "This account cannot be used for what was asked.",
        "It is outside the chart, PocketPay alone posts to it, or it is everybody's and cannot be frozen.",
        "docs/ledger.md says which accounts may be used by hand, and the way back of what was posted for a payment.",
    ),
    "hold_exceeded": Meaning(
        "More would be taken than is held.",
        "amount is more than the hold has.",
        "Confirm that much at most.",
    ),
    "period_closed": Meaning(
        "Nothing was posted: its month is closed.",
        "effective_at lies in a month whose books are final.",
        "Date it into an open month, or open the month again with a reason.",
    ),
    "date_out_of_range": Meaning(
        "The time is outside of what is taken.",
        "effective_at lies in the future or before 1970, an end lies before its beginning, or a month is not over yet.",
        "Choose a time that can be.",
    ),
    "reversal_of_reversal": Meaning(
        "A reversal is not reversed itself.",
        "The transaction that was named is one.",
        "Post what you want to have as a transaction of its own.",
    ),
    "balance_overflow": Meaning(
        "Nothing was posted: a balance would become too large.",
        "It has 2^53-1 minor units at most, so that every program counts it exactly.",
        "Move less, or use another account.",
    ),
}
