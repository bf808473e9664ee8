with

source as (

    select * from {{ source('raw_app', 'purchases') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by {{ trimmed('purchase_id') }}
            order by
                coalesce(updated_at, purchased_at) desc,
                _file_version desc,
                _row_number desc,
                _source_file asc
        ) as copy_rank
    from source

),

newest as (

    select * from ranked
    where copy_rank = 1

),

renamed as (

    select
        ---------- ids
        {{ trimmed('newest.purchase_id') }} as purchase_id,
        {{ trimmed('newest.user_id') }} as user_id,
        newest.product_id,

        ---------- strings
        {{ normalize_text('newest.product_name') }} as product_name,
        {{ normalize_text('newest.category') }} as category,
        upper({{ trimmed('newest.currency') }}) as currency,
        newest.status,

        ---------- numerics
        newest.quantity,
        newest.unit_price,

        ---------- timestamps
        coalesce(newest.purchased_at, newest.updated_at) as purchased_at,
        coalesce(newest.updated_at, newest.purchased_at) as updated_at,

        ---------- lineage
        newest._source_file as source_file,
        newest._row_number as row_number,
        newest._loaded_at as loaded_at

    from newest

)

select * from renamed
