"""What the demo shop sells, in which money, and how it advertises."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from goldthread.demo_data.randomness import Weighted, between, chance


class Product(NamedTuple):
    product_id: str
    name: str
    category: str
    price: int  # whole US dollars


_RANGE: Final = {
    "shoes": "Trail_Runner:119 Court_Classic:89 City_Loafer:139 Winter_Boot:189 Canvas_Low:59 "
    "Road_Racer:149 Leather_Derby:219 Beach_Slide:35 Hiking_Mid:169 Kids_Sneaker:45",
    "jackets": "Rain_Shell:129 Down_Parka:349 Denim_Jacket:99 Fleece_Zip:79 Wool_Coat:289 "
    "Windbreaker:69",
    "shirts": "Oxford_Shirt:59 Linen_Shirt:65 Polo:39 Plain_Tee:19 Flannel:49 Merino_Base:79",
    "trousers": "Slim_Chino:69 Selvedge_Jeans:129 Jogger:49 Cargo_Short:45",
    "bags": "Daypack:89 Weekender:179 Tote:39 Laptop_Sleeve:35 Trekking_Pack:229",
    "accessories": "Beanie:25 Wool_Scarf:45 Leather_Belt:49 Sunglasses:99 Socks_3-Pack:18 "
    "Field_Watch:259 Umbrella:29",
    "outdoor": "Two-Person_Tent:319 Sleeping_Bag:149 Camp_Stove:69 Headlamp:39 Steel_Bottle:28",
    "home": "Wool_Blanket:119 Enamel_Mug:16 Linen_Sheets:159 Scented_Candle:29",
}
PRODUCTS: Final = tuple(
    Product(f"GT-{1000 + number}", name.replace("_", " "), category, int(price))
    for number, (category, name, price) in enumerate(
        (category, *item.split(":")) for category, text in _RANGE.items() for item in text.split()
    )
)
SHOES: Final = tuple(product for product in PRODUCTS if product.category == "shoes")
_POPULARITY: Final = Weighted(
    PRODUCTS, [1.0 / (3 + (number * 17) % len(PRODUCTS)) ** 0.8 for number in range(len(PRODUCTS))]
)

#: Units of a currency for a dollar, as the shop prices its goods.
PRICE_FACTORS: Final = {
    "USD": 1.0, "EUR": 0.95, "GBP": 0.82, "PLN": 4.0, "SEK": 10.5, "CHF": 0.93, "JPY": 150.0,
}  # fmt: skip
#: Currencies that Stripe counts without minor units.
ZERO_DECIMAL: Final = frozenset({"JPY"})


class Campaign(NamedTuple):
    name: str
    source: str
    medium: str


CAMPAIGNS: Final = Weighted.zipf(
    (
        Campaign("weekly_newsletter", "newsletter", "email"),
        Campaign("brand_search", "google", "cpc"),
        Campaign("spring_sale", "facebook", "paid_social"),
        Campaign("autumn_shoes", "google", "cpc"),
        Campaign("retargeting_cart", "criteo", "display"),
        Campaign("influencer_mila", "instagram", "social"),
        Campaign("black_friday", "newsletter", "email"),
        Campaign("refer_a_friend", "referral", "referral"),
    ),
    0.7,
)


def draw_product(rng: Random) -> Product:
    return _POPULARITY.draw(rng)


def draw_quantity(rng: Random) -> int:
    return 1 if chance(rng, 0.82) else between(rng, 2, 4)


def price_in(product: Product, currency: str) -> int:
    """The unit price in hundredths of the currency (JPY: whole yen times a hundred)."""
    whole = round(product.price * PRICE_FACTORS[currency])
    return whole * 100 if currency in ZERO_DECIMAL else whole * 100 - 1
