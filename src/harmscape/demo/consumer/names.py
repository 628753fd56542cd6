"""The names of the invented region, its areas and its traders.

A name that also exists somewhere is there by accident: no area or firm here stands for a real one.
"""

from __future__ import annotations

REGION_CODE, REGION_NAME = "EM", "Eastmere"

COUNCILS = (
    "Fennhythe", "Larkdown", "Ostermouth", "Marlwick Vale", "Sallowbourne", "Thornhythe", "Wexley Downs",
    "Quernbridge",
)  # fmt: skip

# A ward joins one of each: the first words run through three times, the second ones ten times, never alike.
WARD_FIRST = (
    "Alder", "Amber", "Beacon", "Bittern", "Bracken", "Brindle", "Candle", "Cherry", "Cobb", "Copper",
    "Corn", "Cuckoo", "Dragon", "Elder", "Ember", "Falcon", "Fallow", "Fern", "Gorse", "Harrow", "Hazel",
    "Heron", "Hollow", "Iris", "Juniper", "Kestrel", "Lantern", "Linnet", "Mallow", "Merle", "Nettle",
    "Osier", "Pepper", "Quarry", "Rowan", "Saffron", "Tansy",
)  # fmt: skip
WARD_SECOND = (
    "hythe", "combe", "wick", "down", "bourne", "stead", "mere", "ley", "den", "marsh", "gate",
)  # fmt: skip

TRADER_FIRST = (
    "Abacus", "Acorn", "Anvil", "Argent", "Aster", "Badger", "Barnacle", "Basil", "Beech", "Bluebell",
    "Bramley", "Buttercup", "Calico", "Cedar", "Citadel", "Clover", "Compass", "Coral", "Crescent", "Dahlia",
    "Dolphin", "Driftwood", "Eclipse", "Emberline", "Fable", "Finch", "Foxglove", "Galleon", "Garnet",
    "Ginger", "Hawthorn", "Honeycomb", "Indigo", "Ivory", "Jasper", "Juno", "Keystone", "Lilac", "Lodestar",
    "Magpie", "Marble", "Meadow", "Nimbus", "Nutmeg", "Oakleaf", "Onyx", "Orchard", "Paragon", "Pebble",
    "Plover", "Quartz", "Quill", "Redwing", "Russet", "Sable", "Sextant", "Sorrel", "Tamarind", "Teasel",
    "Umber", "Velvet", "Walnut", "Wren", "Zephyr",
)  # fmt: skip
TRADER_MIDDLE = ("", "South", "Coastal", "Royal Oak", "Harbour", "Castle", "Hillside", "County")

ROGUE_NAME = "Sternfold Roofing and Drives Ltd"
ROGUE_ALSO = (
    "Sternfold Roofing & Drives", "STERNFOLD ROOFING", "Stern Fold Roofing", "Sternfield Roofing Ltd",
    "Sternfold Drives t/a SR Homecare", "Sternfold",
)  # fmt: skip
