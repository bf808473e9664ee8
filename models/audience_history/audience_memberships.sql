{{ config(materialized='incremental', incremental_strategy='merge', unique_key='membership_id',
    full_refresh=false, on_schema_change='append_new_columns') }}

with

members as (

    select * from {{ ref('audience_members') }}

),

redirects as (

    select * from {{ ref('customer_id_redirects') }}

),

recorded as (

    {% if is_incremental() %}
        select * from {{ this }}
    {% else %}
        select * from {{ source('raw_goldthread', 'state_audience_memberships') }}
    {% endif %}

),

-- Memberships of a merged customer go on under the id that survived, the older open one first.
followed as (

    select
        recorded.membership_id,
        recorded.audience,
        coalesce(redirects.customer_id, recorded.customer_id) as customer_id,
        recorded.is_holdout,
        recorded.entered_at,
        recorded.exited_at,
        redirects.customer_id is not null as is_moved,
        row_number() over (
            partition by recorded.audience, coalesce(redirects.customer_id, recorded.customer_id)
            order by
                recorded.exited_at is not null, recorded.exited_at desc,
                recorded.entered_at asc, recorded.membership_id asc
        ) as membership_rank
    from recorded

    left join redirects on recorded.customer_id = redirects.previous_customer_id

),

continued as (

    select
        followed.*,
        case
            -- Found again by the moment of leaving: not left, and no stay begins beside this one.
            when
                members.customer_id is not null and followed.membership_rank = 1
                and coalesce(followed.exited_at, {{ as_of() }}) >= {{ as_of() }}
                then null
            else coalesce(followed.exited_at, greatest(followed.entered_at, {{ as_of() }}))
        end as ended_at
    from followed

    left join members
        on followed.audience = members.audience and followed.customer_id = members.customer_id

),

final as (

    select
        membership_id,
        audience,
        customer_id,
        is_holdout,
        entered_at,
        ended_at as exited_at
    from continued
    {% if is_incremental() %}
        -- Without a run (`dbt build --empty`) nobody has left: nobody was looked for.
        where {{ as_of() }} is not null and (is_moved or (exited_at is null) <> (ended_at is null))
    {% endif %}

    union all

    select
        {{ membership_id('members.audience', 'members.customer_id', as_of()) }} as membership_id,
        members.audience,
        members.customer_id,
        -- The lot once drawn stays, also for who comes back.
        coalesce(
            continued.is_holdout,
            {{ hash_share("members.audience || ':' || members.customer_id") }}
            < members.holdout_share
        ) as is_holdout,
        {{ as_of() }} as entered_at,
        cast(null as {{ dbt.type_timestamp() }}) as exited_at
    from members

    left join continued
        on
            members.audience = continued.audience and members.customer_id = continued.customer_id
            and continued.membership_rank = 1

    where continued.membership_id is null or continued.ended_at is not null

)

select * from final
