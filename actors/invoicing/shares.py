"""An amount given out by weight, to the last unit."""

from collections.abc import Sequence

from messages.money import share


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """A part for each weight, in their order; the parts add up to the amount, unless no weight is above 0.

    A part of at most the weights' sum is nowhere larger than the weight itself.
    """
    whole = sum(weights)
    parts, weight_so_far, given_out = list[int](), 0, 0
    for weight in weights:
        weight_so_far += weight
        so_far = share(weight_so_far, whole, amount)
        parts.append(so_far - given_out)
        given_out = so_far
    return parts
