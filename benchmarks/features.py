"""One scenario for each thing that a customer or a shelf may do beyond the plain shop, for the benchmark of engines."""

from collections.abc import Callable, Mapping

from shops import DAYS_OF_COVER, Document, make_shop, shop_document

OFFERS = 10
RATE = 1000.0
"""Customers per day."""


def plain(customers: int) -> Document:
    """Return the shop that the others start from."""
    return shop_document(make_shop(OFFERS, customers, rate=RATE))


def waiting_customers(customers: int) -> Document:
    """Let customers wait for announced price cuts, and on back-orders with a promised date, with limited patience."""
    document = plain(customers)
    changes = [
        {"at": start + after, "factor": factor}
        for start in range(3, int(document["horizon"]) + 1, 14)
        for after, factor in ((0, 0.85), (3, 1.0))
        if start + after < document["horizon"]
    ]
    for firm in document["firms"].values():
        firm["service"] = {"back_orders": {"promise": True}}
    document["firms"]["shop"]["pricing"] = {"kind": "scheduled", "changes": changes}
    segment = document["segments"]["customers 0"]
    segment["transfer_cost"]["strategic"] = 0.05
    segment["waiting"] = {
        "up_to": 7,
        "discount": 0.995,
        "chance": 0.9,
        "patience": {"kind": "exponential", "mean": 3},
    }
    return document


def back_orders(customers: int) -> Document:
    """Let customers wait on back-orders without a promised date; at most a hundred for each product."""
    document = plain(customers)
    for firm in document["firms"].values():
        firm["service"] = {"back_orders": {"promise": False, "limit": 100}}
    segment = document["segments"]["customers 0"]
    segment["transfer_cost"]["strategic"] = 0.05
    segment["waiting"] = {"up_to": 10, "discount": 0.99, "expected_delay": 2}
    return document


def ages_of_stock(customers: int) -> Document:
    """Let units expire before a delivery is sold out."""
    document = plain(customers)
    for product in document["products"].values():
        product["shelf_life"] = 4
        product["salvage"] = 0.1
        product["disposal_cost"] = 0.05
    return document


def _two_fares(document: Document) -> list[str]:
    """Sell each of the shop's own products in two ways, in place; return the names of those products."""
    own = [name for name, product in document["products"].items() if product["firm"] == "shop"]
    worth = document["segments"]["customers 0"]["choice"]["reservation_price"]
    document["offers"] = {}
    for name in own:
        price = document["products"][name].pop("price")
        document["offers"][f"saver-{name}"] = {"uses": name, "price": 0.9 * price, "own_taste": True}
        document["offers"][f"full-{name}"] = {"uses": name, "price": price}
        value = worth.pop(name)
        worth[f"saver-{name}"] = value - 0.5
        worth[f"full-{name}"] = value
    return own


def shared_stocks(customers: int) -> Document:
    """Sell each stock by two offers, and two stocks by a bundle."""
    document = plain(customers)
    first, second, *_ = _two_fares(document)
    document["offers"]["bundle"] = {"uses": {first: 1, second: 1}, "price": 2.0}
    document["segments"]["customers 0"]["choice"]["reservation_price"]["bundle"] = 1.5
    return document


def protection_levels(customers: int) -> Document:
    """Refuse the cheaper of two offers on a stock when units run low."""
    document = plain(customers)
    own = _two_fares(document)
    levels = {f"saver-{name}": document["products"][name]["ordering"]["reorder_point"] // 2 for name in own}
    document["firms"]["shop"]["availability"] = {"kind": "protection_levels", "levels": levels}
    return document


def small_orders(customers: int) -> Document:
    """Order four units at a time: continuous review trips at every fourth sale of a product."""
    document = plain(customers)
    for product in document["products"].values():
        ordering = product["ordering"]
        daily = ordering["reorder_point"] / DAYS_OF_COVER
        ordering["reorder_point"] = round(1.9 * daily)
        ordering["quantity"] = 4
        product["stock"] = ordering["reorder_point"] + 4
    return document


def periodic_reviews(customers: int) -> Document:
    """Review every product once a week and order up to a level."""
    document = plain(customers)
    for product in document["products"].values():
        daily = product["ordering"]["reorder_point"] / DAYS_OF_COVER
        product["ordering"] = {"kind": "order_up_to", "review_every": 7, "level": round(8.5 * daily)}
    return document


def ranking_lists(customers: int) -> Document:
    """Let customers go through lists, in order, whatever things cost."""
    document = plain(customers)
    names = list(document["products"])
    lists = [
        {"share": 1 / OFFERS, "order": [names[(first + step * 3) % OFFERS] for step in range(3)]}
        for first in range(OFFERS)
    ]
    _choose(document, {"kind": "ranking", "lists": lists})
    return document


def priced_ranking(customers: int) -> Document:
    """Let customers be of ten types, each with reservation prices of its own for all offers."""
    document = plain(customers)
    names = list(document["products"])
    lists = [
        {
            "share": 1 / OFFERS,
            "reservation_price": {
                name: document["products"][name]["price"] + 0.5 - 0.13 * ((position - first) % OFFERS)
                for position, name in enumerate(names)
            },
        }
        for first in range(OFFERS)
    ]
    document["segments"]["customers 0"]["choice"] = {"kind": "ranking", "lists": lists}
    return document


def substitution_matrix(customers: int) -> Document:
    """Let customers try two substitutes by given shares."""
    document = plain(customers)
    names = list(document["products"])
    rows = {name: {other: 0.08 for other in names if other != name} for name in names}
    first = {name: 0.08 for name in names} | {"nothing": 0.2}
    _choose(document, {"kind": "substitution", "first_choice": first, "substitution": rows, "attempts": 2})
    return document


def _worths(document: Document) -> dict[str, float]:
    return dict(document["segments"]["customers 0"]["choice"]["reservation_price"])


def nested_logit(customers: int) -> Document:
    """Let the offers of each firm be closer substitutes for each other than for those of the other one."""
    document = plain(customers)
    choice = document["segments"]["customers 0"]["choice"]
    nests = {
        firm: {
            "offers": [name for name, product in document["products"].items() if product["firm"] == firm],
            "dissimilarity": 0.6,
        }
        for firm in document["firms"]
    }
    document["segments"]["customers 0"]["choice"] = {**choice, "kind": "nested_logit", "nests": nests}
    return document


def mixed_logit(customers: int) -> Document:
    """Let the spread of tastes and the worth of two attributes vary between customers."""
    document = plain(customers)
    choice = document["segments"]["customers 0"]["choice"]
    for number, product in enumerate(document["products"].values()):
        product["attributes"] = {"first": number % 3 - 1, "second": number % 2}
    document["segments"]["customers 0"]["choice"] = {
        **choice,
        "kind": "mixed_logit",
        "scale": {"kind": "lognormal", "median": choice["scale"], "spread": 0.3},
        "coefficients": {
            "first": {"kind": "normal", "mean": 0, "standard_deviation": 0.3},
            "second": {"kind": "uniform", "low": -0.2, "high": 0.2},
        },
    }
    return document


def latent_classes(customers: int) -> Document:
    """Let customers belong to one of two classes."""
    document = plain(customers)
    worth, scale = _worths(document), document["segments"]["customers 0"]["choice"]["scale"]
    other = dict(zip(worth, reversed(worth.values()), strict=True))
    document["segments"]["customers 0"]["choice"] = {
        "kind": "latent_classes",
        "classes": [
            {"share": 0.6, "scale": scale, "reservation_price": worth},
            {"share": 0.4, "scale": 2 * scale, "reservation_price": other},
        ],
    }
    return document


def vertical(customers: int) -> Document:
    """Let customers differ only in what quality is worth to them."""
    document = plain(customers)
    quality = {name: 1 + 0.1 * product["price"] ** 2 for name, product in document["products"].items()}
    taste = {"kind": "uniform", "low": 0, "high": 3}
    document["segments"]["customers 0"]["choice"] = {"kind": "vertical", "quality": quality, "taste": taste}
    return document


def circle(customers: int) -> Document:
    """Let customers have a place on a circle."""
    document = plain(customers)
    worth = {name: product["price"] + 0.5 for name, product in document["products"].items()}
    document["segments"]["customers 0"]["choice"] = {
        "kind": "locational",
        "reservation_price": worth,
        "location": {name: number / OFFERS for number, name in enumerate(worth)},
        "distance_cost": 2,
        "customers": {"kind": "uniform", "low": 0, "high": 1},
        "circle": 1,
    }
    return document


def _choose(document: Document, choice: Mapping[str, object]) -> None:
    """Give customers a choice without prices, in place, to which transfer costs mean nothing (R8)."""
    segment = document["segments"]["customers 0"]
    segment["choice"] = dict(choice)
    del segment["transfer_cost"]


FEATURES: Mapping[str, Callable[[int], Document]] = {
    "waiting customers": waiting_customers,
    "back-orders": back_orders,
    "ages of stock": ages_of_stock,
    "shared stocks": shared_stocks,
    "protection levels": protection_levels,
    "small orders": small_orders,
    "periodic reviews": periodic_reviews,
    "ranking lists": ranking_lists,
    "priced ranking": priced_ranking,
    "substitution matrix": substitution_matrix,
    "nested logit": nested_logit,
    "mixed logit": mixed_logit,
    "latent classes": latent_classes,
    "vertical": vertical,
    "circle": circle,
}
"""Scenario of about so many customers, by what it shows."""
