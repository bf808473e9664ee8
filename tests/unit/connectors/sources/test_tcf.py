"""IAB TCF v2 strings: which purposes they consent to."""

from __future__ import annotations

import pytest

from connectors.sources.consent.tcf import consented_purposes

ACCEPT_ALL = "CP9_GsAP9_GsAEsABBENAwFsAP_gAH_gAAwIF5wBAABAAIAAUAvMC84AgAAgAEAAKAXmAAAA.YAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("text", "purposes"),
    [
        # Vendors range-encoded and not, made by IAB's own library.
        (ACCEPT_ALL, "1,2,3,4,5,6,7,8,9,10,11"),
        ("CP9_GsAP9_GsAEsABBENAwFgAAAAAAAAAAwIAAAAAAAA.YAAAAAAAAAAA", ""),
        ("CP9_GsAP9_GsAEsABBENAwFgAIIAAAAAAAwIF5wAQF5gAAAA.YAAAAAAAAAAA", "1,7"),
        (f" {ACCEPT_ALL} ", "1,2,3,4,5,6,7,8,9,10,11"),
    ],
)
def test_purposes_of_sound_strings(text: str, purposes: str) -> None:
    assert consented_purposes(text) == purposes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "é" * 50,
        "A" * 60,
        # Version 1, and every way of cutting a sound string short.
        "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA",
        *(ACCEPT_ALL[:size] for size in range(1, 39)),
    ],
)
def test_a_string_that_cannot_be_read_consents_to_nothing(text: str) -> None:
    assert consented_purposes(text) is None
