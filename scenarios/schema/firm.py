"""Firms, what they sell, and how."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from .base import NUMBER_OR_UNLIMITED, Moment, Money, Part, Positive, PositiveUnits, Units, by_shape
from .ordering import NoOrdering, Ordering, ProductOrdering, Supply
from .pricing import Availability, FixedPrice, OpenAvailability, Pricing


class BackOrders(Part):
    """A customer who finds an empty shelf may be written down, and is served when stock arrives, oldest first."""

    promise: bool = True
    """Whether the firm names a date of delivery; if not, customers reckon with their own `expected_delay`."""
    limit: Units | None = None
    """How many may be written down for one product at once; without it, any number."""


class Service(Part):
    """What the firm does for a customer who meets an empty shelf."""

    back_orders: BackOrders | None = None
    """Write customers down and deliver later; without it, nobody is written down."""


class Firm(Part):
    """A seller with its own stock and policies; a rival is a firm like any other."""

    focal: bool = False
    """Whether the study is about this firm; without any, the first firm is."""
    supply: Supply = Supply()
    """What the supplier asks for; products may name exceptions."""
    ordering: Ordering = NoOrdering()
    """When and how much is ordered; products may name exceptions."""
    pricing: Pricing = FixedPrice()
    """How prices move; products and offers may name another."""
    availability: Availability = OpenAvailability()
    """Which offers are held back for others."""
    service: Service = Service()
    """What is done for customers who meet an empty shelf."""


class Window(Part):
    """When an offer is open: [opens, closes)."""

    opens: Moment = 0.0
    """From when on; without it, from the start."""
    closes: Moment | None = None
    """Until when; without it, to the end."""


Windows = Annotated[
    Annotated[Window, Tag("mapping")] | Annotated[tuple[Window, ...], Field(min_length=1), Tag("list")],
    by_shape("a mapping with opens and closes, or a list of them"),
]
"""One window, or several in order."""

Stock = Annotated[
    Annotated[Units, Tag("number")] | Annotated[Literal["unlimited"], Tag("unlimited")],
    NUMBER_OR_UNLIMITED,
]
"""Units on hand, or no end of them."""

Uses = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[tuple[str, ...], Field(min_length=1), Tag("list")]
    | Annotated[dict[str, PositiveUnits], Field(min_length=1), Tag("mapping")],
    by_shape("a product, a list of products, or a mapping of products to units"),
]
"""What a sale takes."""


class Product(Part):
    """Stock held by one firm (R4). With a price it is also an offer of its own name."""

    firm: str
    """Who holds it."""
    price: Money | None = None
    """Price of the offer of the product's own name, in money per unit; without it, only `offers` sell the product."""
    cost: Money = 0.0
    """What a unit costs when received, in money."""
    stock: Stock = 0
    """Units on hand at the start. `unlimited` never runs out; its units are bought as they are sold."""
    holding_cost: Money = 0.0
    """Cost of one unit on hand for one time unit, in money."""
    salvage: Money = 0.0
    """What a unit fetches that expires or is left at the end, in money."""
    disposal_cost: Money = 0.0
    """What it costs to get rid of an expired unit, in money."""
    lost_sale_penalty: Money = 0.0
    """Cost of each customer who wanted this product first, was turned away and never bought, in money."""
    back_order_penalty: Money = 0.0
    """Cost of one customer waiting on a back-order for one time unit, in money."""
    attributes: dict[str, float] | None = None
    """What a choice model may ask about the product: sugar, quality, a place; in units of your own."""
    shelf_life: Positive | None = None
    """How long a unit may be sold after it arrives, in time units; without it, for ever."""
    window: Windows | None = None
    """When the offer of the product's own name is open."""
    supply: Supply | None = None
    """Exceptions to the firm's supply; only what is named differs."""
    ordering: ProductOrdering | None = None
    """Exceptions to the firm's ordering."""
    pricing: Pricing | None = None
    """Another pricing than the firm's."""


class Offer(Part):
    """A way of selling (R4): a price and a window, on one stock or on several."""

    uses: Uses
    """The product that a sale takes a unit of; or several; or several with units of each."""
    price: Money
    """Price, in money per sale."""
    window: Windows | None = None
    """When the offer is open."""
    attributes: dict[str, float] | None = None
    """Attributes of the offer, over those of its product; an offer on several stocks has only its own."""
    own_taste: bool = False
    """Whether customers' taste for it is independent of their taste for other offers of the same product (R6)."""
    pricing: Pricing | None = None
    """Another pricing than the firm's."""
