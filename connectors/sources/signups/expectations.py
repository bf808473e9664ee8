"""Volume and freshness of signups data."""

from connectors.sources.expectations import at_least_rows, fresh_within

EXPECTATIONS = {"signups": [at_least_rows(1), fresh_within("signed_up_at", days=30)]}
