"""Goldthread: a customer data platform that lives inside the warehouse."""

__version__ = "0.1.0"
