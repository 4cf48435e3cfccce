"""Where in an account something ends to hold. Its entries are in order of time, so this is found by halving."""


def last_version(holds: str) -> str:
    """SQL: the last version of the account `a` for whose entry `m` this holds, 0 for none.

    It must hold for every entry up to some version and for none after it. Each step is one look-up by the whole key:
    twenty for a million entries, however many of them are in other currencies. `offset 0` keeps the planner from
    doing it several times over.
    """
    return f"""(
    with recursive search(low, high) as (
        select 0::bigint, a.version
        union all
        select case when met then middle else low end, case when met then high else middle - 1 end
        from (select low, high, middle, (
                  select {holds} from entry m
                  where m.tenant = a.tenant and m.path = a.path and m.currency = a.currency
                    and m.account_version = middle) as met
              from (select low, high, (low + high + 1) / 2 as middle from search where low < high) open
              offset 0) looked
        where met is not null)
    select low from search where low = high)"""
