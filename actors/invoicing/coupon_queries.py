"""Coupons as they stand when they are read: time alone may end what nobody has changed."""

from asyncpg import Connection

from actors.runtime.resources import not_found, page, whole
from messages.envelope import Query, Reply
from messages.products import Coupon, CouponListing, still_valid
from messages.queries import ById
from storage import resources
from storage.invoicing import COUPONS


async def one_coupon(connection: Connection, query: Query) -> Reply:
    """The coupon, valid or not by now."""
    wanted = ById.model_validate(query.params)
    body = await resources.by_id(connection, COUPONS, query.tenant, wanted.id)
    if body is None:
        return not_found(f"There is no coupon {wanted.id}.")
    return whole(await _as_of_now(connection, body))


async def many_coupons(connection: Connection, query: Query) -> Reply:
    """A page of coupons, newest first."""
    asked = CouponListing.model_validate(query.params)
    bodies, has_more = await resources.newest(connection, COUPONS, query.tenant, asked)
    return page([await _as_of_now(connection, body) for body in bodies], has_more=has_more)


async def _as_of_now(connection: Connection, body: str) -> Coupon:
    coupon = Coupon.model_validate_json(body)
    if not coupon.valid or coupon.redeem_by is None:
        return coupon
    return coupon.model_copy(update={"valid": still_valid(coupon, await resources.read_at(connection))})
