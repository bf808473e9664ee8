"""Volume and freshness of web data: a shop is visited every day."""

from connectors.sources.expectations import at_least_rows, fresh_within

EXPECTATIONS = {"messages": [at_least_rows(1), fresh_within("received_at", days=2)]}
