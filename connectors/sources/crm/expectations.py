"""Volume and freshness of crm data: a full export comes every month."""

from connectors.sources.expectations import at_least_rows, fresh_within

EXPECTATIONS = {"contacts": [at_least_rows(1), fresh_within("updated_at", days=45)]}
