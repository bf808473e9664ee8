"""Volume and freshness of consent data."""

from connectors.sources.expectations import at_least_rows, fresh_within

EXPECTATIONS = {"receipts": [at_least_rows(1), fresh_within("collected_at", days=30)]}
