"""The kinds of values: what each is called in a reason, and the macro that reads it."""

from __future__ import annotations

MEANINGS = {
    "text": "a text",
    "email": "an e-mail address",
    "phone": "a phone number of 7 to 15 digits",
    "date": "a date such as 2024-05-31",
    "timestamp": "a possible time such as 2024-05-31T09:30:00Z",
    "epoch": "a possible time in seconds since 1970",
    "number": "a number",
    "rate": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "json": "a JSON object",
}
READERS = {
    "number": "as_number",
    "rate": "as_rate",
    "integer": "as_integer",
    "boolean": "as_boolean",
    "timestamp": "as_time",
    "epoch": "as_epoch",
    "date": "as_day",
    "email": "as_email",
    "phone": "as_phone",
    "json": "as_object",
}
