"""Volume and freshness of email data: mail goes out every week."""

from connectors.sources.expectations import at_least_rows, fresh_within

EXPECTATIONS = {"events": [at_least_rows(1), fresh_within("timestamp", days=7)]}
