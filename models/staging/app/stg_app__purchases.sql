with

source as (

    select * from {{ source('raw_app', 'purchases') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by purchase_id
            order by
                coalesce(updated_at, purchased_at) desc,
                _row_hash asc,
                _source_file asc,
                _file_version asc,
                _row_number asc
        ) as copy_rank
    from source

),

deduplicated as (

    select * from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        deduplicated.purchase_id,
        deduplicated.user_id,
        deduplicated.product_id,

        ---------- strings
        {{ normalize_text('deduplicated.product_name') }} as product_name,
        {{ normalize_text('deduplicated.category') }} as category,
        upper(trim(deduplicated.currency)) as currency,
        deduplicated.status,

        ---------- numerics
        deduplicated.quantity,
        deduplicated.unit_price,

        ---------- timestamps
        coalesce(deduplicated.purchased_at, deduplicated.updated_at) as purchased_at,
        coalesce(deduplicated.updated_at, deduplicated.purchased_at) as updated_at,

        ---------- lineage
        deduplicated._source_file as source_file,
        deduplicated._row_number as row_number,
        deduplicated._loaded_at as loaded_at

    from deduplicated

)

select * from renamed
