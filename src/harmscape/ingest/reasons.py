"""The reason classes of refused rows and of flags, in plain words; each row has the first that applies."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROW_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "encoding_undecodable": "bytes that are no text in the file's encoding; declare it or export again",
        "nul_byte": "a NUL byte; the export is damaged",
        "unterminated_quote": "a quote never closed, or text after it closed; double quotes inside a cell",
        "column_count": "more or fewer cells than columns; a cell with a comma needs quotes around it",
        "control_char": "a control character, or one that turns the direction of text; remove it",
        "field_too_long": "a cell of more than 10,000 characters; shorten it",
        "geometry_type": "a place that is not a point; give the point of the event",
        "footer_or_incomplete": "neither a time nor a category: a total, a note, or half a row",
        "formula_no_value": "a formula whose value was never stored; open the workbook and save it",
        "id_precision_lost": "an identifier stored as a number too long to be kept exactly; store it as text",
        "missing_required": "a cell that must not be empty is; fill it in at the source",
        "bad_date": "a date in another shape than the source declares, or that is in no calendar",
        "nonexistent_local_time": "a time in the hour that was skipped when clocks went forward",
        "date_out_of_range": "a date before the source's earliest, or after the day of the delivery",
        "ends_before_start": "the end lies before the start",
        "unknown_crime_type": "a category that the list does not hold; correct it, or add it as a label",
        "coord_partial": "only one of the two coordinates",
        "coord_not_number": "a coordinate that is not a plain number",
        "coord_zero": "both coordinates are 0, which stands for an unknown place; leave them empty",
        "coord_swapped": "coordinates that fit only when exchanged; x and y may be mixed up",
        "coord_crs": "coordinates of another system: metres in degree columns, or degrees in metre columns",
        "coord_outside": "a point outside the United Kingdom",
        "bad_quantity": "a quantity that is no plain number of up to 12 digits and 6 decimals",
        "duplicate_exact": "the same record again; the first copy is kept",
        "duplicate_conflict": "another record under the same identifier; the first copy is kept",
    }
)
"""What is wrong with a row, and where it can be put right, what to do. In the order of the checks."""

FLAG_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "no_location": "no coordinates; counted as unplaced unless a label places it",
        "ambiguous_local_time": "a time that came twice when clocks went back; the earlier is taken",
        "date_only": "a day without a time; left out of weekday by hour",
        "unknown_category": "a category the open list does not hold yet; queued, and without a weight",
        "possible_duplicate": "the same content as an earlier row without an identifier; both are kept",
    }
)
"""What an accepted row is marked with."""
