"""The names of the invented force and its areas.

A name that also exists somewhere is there by accident: no area here stands for a real place.
"""

from __future__ import annotations

FORCE_CODE, FORCE_NAME = "NS", "Northshire Police"

# Area commands lie around their headquarters: name, kilometres east and north of the origin.
COMMANDS = (
    ("Harbour", 33.0, 45.5),
    ("Northmoor", 33.0, 69.0),
    ("Saltings", 8.0, 35.0),
    ("Southfell", 40.0, 19.0),
)

# Sectors that lie where the story needs them: number, name, kilometres east and north, residents at least.
PLACED_SECTORS = (
    (12, "Staithe Quay", 31.5, 44.5, 18_000), (7, "Cinder Bank", 33.0, 49.0, 18_000),
    (31, "Priory Gate", 36.0, 44.0, 18_000), (3, "Saltmere", 6.0, 35.0, 18_000),
    (18, "Glasshouse Row", 39.5, 66.0, 18_000), (38, "Skerry Point", 13.5, 71.5, 0),
    (34, "North Sound", 28.0, 82.0, 0), (26, "Easter Moor", 52.0, 75.0, 0),
)  # fmt: skip
TOWN_SECTORS = (
    (1, "Old Chandlery"), (9, "Tannery Side"), (14, "Foundry Park"), (2, "Bellhouse"), (16, "Ropewalk"),
    (8, "Gallows Knoll"), (11, "Sandle Cross"), (27, "Low Beacon"), (24, "Fennick Rise"),
    (36, "Coldwell Green"), (4, "Lantern Hill"), (13, "Hopesyke"),
)  # fmt: skip
COUNTRY_SECTORS = (
    (22, "Marram"), (5, "Netherfold"), (40, "Thralegate"), (29, "Carrow Mill"), (33, "Upper Anslow Fell"),
    (20, "Dunlin"), (6, "Potterholm"), (35, "Withy Green"), (19, "Brackenlaw"), (10, "Millrace"),
    (17, "Ashgarth"), (28, "Quarrybank"), (21, "Kelderside"), (15, "Sallow Bridge"), (30, "Weir End"),
    (37, "Stonnis"), (25, "Long Riggside"), (32, "Hartlaw Moor"), (23, "Eskerdene"), (39, "Barley Fell"),
)  # fmt: skip

TOWN_BEATS = (
    "Ember Street", "Gull Yard", "Tallow Lane", "Anchor Fold", "Sailmaker Row", "Kiln Street",
    "Mercer Wynd", "Lime Basin", "Pilot Steps", "Oakum Walk", "Cooper Court", "Bonded Store",
    "Ferry Slip", "Slate Wharf", "Copper Alley", "Drovers Gate", "Weavers Bank", "Flint Terrace",
    "Madder Street", "Pewter Row", "Saddlers End", "Hemp Garth", "Signal Rise", "Cobble Dene",
    "Treacle Hill", "Marigold Estate", "Larkmoor Estate", "Beacon Estate", "Harrier Estate",
    "Sorrel Estate", "Juniper Park", "Teasel Way", "Bramble Park", "Fulmar Rise", "Petrel Drive",
    "Plover Green", "Turnstone Road", "Candle Row", "Barge Street", "Dyers Cut", "Glover Place",
    "Ironmaster Hill", "Pottery Fold", "Ledger Street", "Quill Place", "Gantry Road", "Tide Street",
    "Spindle Row", "Linnet Park", "Maltings Yard",
)  # fmt: skip
COUNTRY_BEATS = (
    "Thornlaw", "Mossgarth", "Hawkrigg", "Foxholm", "Cloudsay", "Wetherlaw", "Nettlehope", "Ravensyke",
    "Otterdale", "Bleagarth", "Swinegarth", "Peatlaw", "Rushgarth Moor", "Linghaugh", "Birkholm",
    "Heronby", "Staneshaw", "Cragwell", "Sourmire", "Hareby Green", "Whinfold", "Sheeplaw", "Lowgarth",
    "Tarnholm", "Muirby", "Brockhaugh", "Gorselaw", "Elfhowe", "Marlby", "Ketterdale", "Fernihaugh",
    "Wolfcleugh", "Rowanlaw", "Dipperford", "Blackmire", "Saltgarth", "Samphire Bay", "Cormorant Cove",
    "Kittiwake Bents", "Shingle End", "Wrack Haven", "Limpet Cove", "Sandpiper Links", "Dulse Point",
    "Oyster Garth", "Selkie Bay", "Crab Haven", "Marrow Heugh", "Tansy Bents", "Ternholm",
    "Haddock Haven", "Eiderby", "Puffin Nab", "Gannet Heugh", "Curlew Rigg", "Merlin Hope", "Snipe Moss",
    "Lapwing Flatt", "Wigeon Mere", "Teal Carr",
)  # fmt: skip
