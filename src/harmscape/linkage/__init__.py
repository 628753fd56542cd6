"""Floor 2: who is who among the entities that rows name."""

from harmscape.linkage.resolve import Resolver, by_given_key

__all__ = ["Resolver", "by_given_key"]
