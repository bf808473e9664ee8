"""Volume and freshness of the app's database."""

from connectors.sources.expectations import at_least_rows, fresh_within

EXPECTATIONS = {
    "users": [at_least_rows(1), fresh_within("updated_at", days=30)],
    "purchases": [at_least_rows(1), fresh_within("purchased_at", days=7)],
}
