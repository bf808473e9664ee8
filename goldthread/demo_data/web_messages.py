"""Segment messages as browsers, phones and servers send them: envelope, clocks, delivery."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from goldthread.demo_data.catalog import Campaign
from goldthread.demo_data.collected import Collector
from goldthread.demo_data.randomness import between, chance, pick, uuid_text
from goldthread.demo_data.stamps import DAY, HOUR, MINUTE, SECOND, iso_millis, month_text

_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/128.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.6 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/128.0.0.0 Mobile",
)
#: What clients send for the user before anyone has signed in; all of it identifies nobody.
_NO_USER: Final = ("", "", "", "", "", "", "null", "anonymous", "-1")
_BROWSER: Final = {"name": "analytics.js", "version": "npm:next-1.70.0"}
_PHONE: Final = {"name": "analytics-ios", "version": "4.1.8"}
_SERVER: Final = {"name": "analytics-python", "version": "2.3.2"}
SITE: Final = "https://shop.example"


@dataclass(slots=True)
class Device:
    """A browser or phone. ``skew`` is how far its clock is wrong, in milliseconds.

    ``owner`` is whose source record it is in the truth; None where nothing in the data tells.
    """

    anonymous_id: str
    is_phone: bool
    skew: int
    blank_user_id: str | None
    context: dict[str, Any] = field(default_factory=dict)
    logged_in_at: int | None = None
    owner: str | None = None
    preferences: dict[str, bool] | None = None

    def user_id_at(self, moment: int, user_id: str | None) -> str | None:
        known = self.logged_in_at is not None and moment >= self.logged_in_at
        return user_id if known else None


def make_device(rng: Random, anonymous_id: str, locale: str) -> Device:
    is_phone = chance(rng, 0.2)
    device = Device(
        anonymous_id,
        is_phone,
        between(rng, -40 * 24, 40 * 24) * HOUR + 1234 if chance(rng, 0.02) else 0,
        pick(rng, _NO_USER) if chance(rng, 0.12) else None,
    )
    device.context = {
        "ip": f"203.0.113.{between(rng, 1, 254)}",
        "userAgent": _AGENTS[2] if is_phone else pick(rng, _AGENTS),
        "library": _PHONE if is_phone else _BROWSER,
        "locale": locale,
    }
    if is_phone:
        device.context["device"] = {"type": "ios", "manufacturer": "Apple", "model": "iPhone14,7"}
    return device


class Visit:
    """Writes the messages of one session on one device."""

    def __init__(
        self, out: Collector, rng: Random, device: Device, as_of: int, campaign: Campaign | None
    ) -> None:
        self._out, self._rng, self._device, self._as_of = out, rng, device, as_of
        self._context = dict(device.context)
        if campaign is not None:
            self._context["campaign"] = campaign._asdict()
        if device.preferences is not None:
            self._context["consent"] = {"categoryPreferences": device.preferences}
        # A phone without a network keeps its messages and sends them when it is back.
        self._held = 0
        if device.is_phone and chance(rng, 0.08):
            self._held = between(rng, 10, 3 * 24 * 60) * MINUTE

    def send(
        self, kind: str, moment: int, user_id: str | None, path: str, **body: object
    ) -> int | None:
        """One message that happened at ``moment``; nothing is written for the future.

        Returns its event time as the receiver can tell it, None when nothing was written.
        """
        if moment >= self._as_of - 2 * SECOND:
            return None
        rng, device = self._rng, self._device
        latency = 60 + int(rng.random() ** 4 * 1500)
        held = self._held if moment + self._held + latency < self._as_of else 0
        sent = moment + held + 15
        received = sent + latency
        message: dict[str, object] = {
            "messageId": f"ajs-next-{uuid_text(rng)}",
            "type": kind,
            "anonymousId": device.anonymous_id,
            "timestamp": iso_millis(moment + device.skew),
            "sentAt": iso_millis(sent + device.skew),
            "receivedAt": iso_millis(received),
            **body,
        }
        if user_id is not None:
            message["userId"] = user_id
        elif device.blank_user_id is not None:
            message["userId"] = device.blank_user_id
        message["context"] = {**self._context, "page": {"path": path, "url": SITE + path}}
        event_time = moment + latency
        if rng.random() < 0.005 and not device.skew:
            # Relayed by something that forgot one of the clocks.
            del message["sentAt"]
            event_time = moment
        self._out.add_record("web", device.anonymous_id, device.owner)
        deliver(self._out, rng, message, received, self._as_of)
        return event_time


def send_from_server(
    out: Collector, rng: Random, moment: int, as_of: int, user_id: str, **body: object
) -> None:
    """A message of our own back end: a user id and no anonymous id."""
    if moment >= as_of - 2 * SECOND:
        return
    stamp = iso_millis(moment)
    message = {
        "messageId": uuid_text(rng),
        "type": "track",
        "anonymousId": None,
        "userId": user_id,
        "timestamp": stamp,
        "sentAt": stamp,
        "receivedAt": iso_millis(moment + 45),
        **body,
        "context": {"library": _SERVER},
    }
    deliver(out, rng, message, moment + 45, as_of)


def deliver(
    out: Collector, rng: Random, message: dict[str, object], received: int, as_of: int
) -> None:
    """Into the month's file, closed months packed; some messages arrive again."""
    month = month_text(received)
    packed = month != month_text(as_of)
    path = f"web/events_{month}.jsonl{'.gz' if packed else ''}"
    line = out.add_json(path, received, message)
    fate = rng.random()
    if fate < 0.006:
        out.add_line(path, received + between(rng, 1, 90) * SECOND, line)
    elif fate < 0.012:
        out.add_line(f"web/replayed_{month_text(as_of)}.jsonl.gz", received + DAY, line)
