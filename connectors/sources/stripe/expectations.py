"""Volume and freshness of card payments."""

from connectors.sources.expectations import at_least_rows, fresh_within

EXPECTATIONS = {
    "customers": [at_least_rows(1), fresh_within("created", days=30)],
    "charges": [at_least_rows(1), fresh_within("created", days=7)],
}
