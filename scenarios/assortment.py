"""What is for sale: all offers by name, and what a name in a choice model stands for (R4)."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .complaints import did_you_mean
from .marked import Path
from .reporter import Reporter

__all__ = ["Assortment", "Draft"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An offer whose name is known, and the rest as far as it is good.

    Parameters
    ----------
    name
        Its name.
    path
        Where it stands: at its product, or among the offers.
    uses
        Products with units of each; None where they are not known for certain.
    firm
        Whose it is; None where that is not known for certain.
    attributes
        Its attributes, over those of the only product that it uses; None where they are not known for certain.
    own_taste
        Whether customers' taste for it is independent of that for other offers of the same product (R6).
    """

    name: str
    path: Path
    uses: tuple[tuple[str, int], ...] | None
    firm: str | None
    attributes: Mapping[str, float] | None = field(default_factory=dict)
    own_taste: bool = False

    @property
    def only_product(self) -> str | None:
        """The product that it uses alone; None where it uses several."""
        return self.uses[0][0] if self.uses is not None and len(self.uses) == 1 else None


@dataclass(frozen=True)
class Assortment:
    """All offers in the order of declaration: those of products by themselves first, then the others.

    Parameters
    ----------
    drafts
        The offers by name.
    products
        Names of all products.
    is_whole
        Whether all products and offers are good; if not, an unknown name may be due to a complaint made before, and
        nothing is said about it.
    """

    drafts: dict[str, Draft]
    products: frozenset[str]
    is_whole: bool

    def alone(self, product: str) -> tuple[str, ...]:
        """Return the offers that use only this product."""
        return self._alone.get(product, ())

    @functools.cached_property
    def _alone(self) -> dict[str, tuple[str, ...]]:
        alone: dict[str, tuple[str, ...]] = {}
        for name, draft in self.drafts.items():
            if draft.only_product is not None:
                alone[draft.only_product] = (*alone.get(draft.only_product, ()), name)
        return alone

    def in_order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return names of offers in the order of declaration."""
        wanted = set(names)
        return tuple(name for name in self.drafts if name in wanted)

    def all_of(self, name: str, path: Path, report: Reporter) -> tuple[str, ...]:
        """Return what a name stands for where several offers may be meant: a product stands for all that use only it.

        Empty after a complaint.
        """
        if name in self.products:
            found = self.alone(name)
            if not found and self.is_whole:
                report.add(path, f"product {name!r} has no offer that uses only it; name offers instead")
            return found
        return self._itself(name, path, report)

    def one_of(self, name: str, path: Path, report: Reporter) -> str | None:
        """Return what a name stands for where one offer must be meant: an offer, or a product with a single one.

        None after a complaint.
        """
        if name in self.drafts or name not in self.products:
            return next(iter(self._itself(name, path, report)), None)
        found = self.all_of(name, path, report)
        if len(found) > 1:
            report.add(path, f"product {name!r} has several offers; name one of them ({', '.join(found)})")
        return found[0] if len(found) == 1 else None

    def _itself(self, name: str, path: Path, report: Reporter) -> tuple[str, ...]:
        if name in self.drafts:
            return (name,)
        if self.is_whole:
            suggestion = did_you_mean(name, [*self.drafts, *self.products])
            report.add(path, f"unknown offer or product {name!r}{suggestion}")
        return ()
