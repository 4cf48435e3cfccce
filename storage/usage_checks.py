"""What is billed for usage is what was used: every meter against its events. The query must find nothing."""

from typing import Final

from storage.breaches import Check

METERED: Final = (
    Check(
        "U1",
        "every meter of usage is what its events add up to",
        """
        select format('%s: %s by %s, its events %s by %s', coalesce(m.id, e.meter), m.measured, m.events,
                      e.measured, coalesce(e.events, 0)), coalesce(m.tenant, e.tenant), null
        from (
            select tenant, id, (body -> 'figures' ->> 'events')::bigint as events,
                   (body -> 'figures' ->> case aggregation when 'sum' then 'total' when 'max' then 'highest'
                       when 'last' then 'last' else 'unique_count' end)::numeric as measured
            from invoicing.usage_meter) m
        full join (
            select e.tenant, e.meter, count(*) as events, case min(m.aggregation)
                when 'sum' then sum(e.quantity)
                when 'max' then max(e.quantity)
                when 'last' then (max(case when m.aggregation = 'last' then array[to_char(
                    e.occurred_at at time zone 'UTC', 'YYYYMMDDHH24MISSMS'), e.id, e.quantity::text] collate "C" end)
                    )[3]::numeric
                else count(distinct case when m.aggregation = 'unique_count' then e.value end) end as measured
            from invoicing.usage_event e left join invoicing.usage_meter m on m.tenant = e.tenant and m.id = e.meter
            where e.status = 'recorded'
            group by e.tenant, e.meter) e
          on e.tenant = m.tenant and e.meter = m.id
        where m.id is null or m.events <> coalesce(e.events, 0)
           or m.measured is distinct from coalesce(e.measured, 0)""",
    ),
)
