with

numbers as (

    -- 50 years, longer than any history or plan; the series itself reads no table and no clock.
    {{ dbt.generate_series(18263) }}

),

final as (

    select
        cast(
            {{ dbt.dateadd('day', 'generated_number - 1', "date '2000-01-01'") }} as date
        ) as date_day

    from numbers

)

select * from final
