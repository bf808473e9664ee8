"""Signed JSON batches to any HTTP endpoint."""

from connectors.destinations.webhook.destination import Webhook as DESTINATION

__all__ = ["DESTINATION"]
