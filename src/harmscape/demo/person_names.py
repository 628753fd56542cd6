"""Names of people and groups, all invented: put together from word lists, none taken from a person."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmscape.demo.areas import Ints


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Ada Aisha Alba Anwen Beth Bryony Carla Celia Clara Dana Daria Edith Elin Esme Farah Fern Gemma Greta "
    "Hana Hazel Ines Iris Ivy Jana Jessa Joan Kaya Keira Lena Leona Lois Mabel Maren Mina Nadia Nell Nia "
    "Opal Orla Pia Robin Rosa Rowena Sana Selma Tamsin Thea Una Vera Willa Yara Zara"
)
MEN = _words(
    "Aaron Abel Adil Alban Alfie Amos Arlo Asher Bram Callum Cass Cian Conrad Dale Dax Dean Emil Ewan "
    "Ezra Felix Finn Gareth Glen Hamid Hugo Idris Ivan Jago Jay Joel Jude Kane Karim Kit Lance Leon Liam "
    "Lorcan Magnus Marek Milo Nico Noel Omar Oskar Owen Perry Piers Quinn Rafe Reece Rhys Rory Saul Silas "
    "Stellan Tariq Toby Ugo Vince Wade Xavi Yusuf Zane"
)
_FRONT = _words(
    "Ald Barn Beck Brack Cald Carr Crow Darn Dun Elm Fen Gar Gold Had Hard Hawk Hel Holm Kel Kirk Lang "
    "Lark Lin Mar Mell Nor Oak Pell Pen Quar Rav Red Ros Sand Scar Sel Skel Stan Sten Thorn Tor Ulv Wain "
    "War Wen Whin Wick Wol Yar Yew"
)
_BACK = _words(
    "acre bank beck brigg bury clough croft dale den fell firth garth gill ham heugh holt how ing law ley "
    "lock man mere mond more rick rigg row sett shaw skew son stead stow thwaite ton wath wick worth"
)
SURNAMES = tuple(front + back for front in _FRONT for back in _BACK)

OCG_NAMES = (
    "Nightjar", "Cutlass", "Marlinspike", "Tallowman", "Brigantine", "Foxfire", "Ironstone", "Lodestar",
    "Gannet", "Halyard", "Quernstone", "Pewter", "Corsair", "Harrow",
)  # fmt: skip
PCG_NAMES = (
    "Larkmoor Lads", "Staithe Boys", "Glasshouse Crew", "Beacon Set", "Ropewalk Lot", "Cinder Youths",
    "Saltmere Sound", "Priory Nines", "Tannery Mob", "Fennick Firm",
)  # fmt: skip
UCG_NAMES = (
    "Ember Street", "Kiln Street", "Gull Yard", "Gantry Road", "Copper Alley", "Anchor Fold", "Lime Basin",
    "Spindle Row",
)  # fmt: skip


def full_names(given: Ints, surname: Ints, is_male: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.Array:
    """Given name and surname by their numbers; the given name is taken from the list of the sex.

    >>> full_names(np.array([0, 0]), np.array([3, 3]), np.array([True, False])).to_pylist()
    ['Aaron Aldbrigg', 'Ada Aldbrigg']
    """
    first = pa.array((*WOMEN, *MEN)).take(
        pa.array(np.where(is_male, len(WOMEN) + given % len(MEN), given % len(WOMEN)))
    )
    return pc.binary_join_element_wise(first, pa.array(SURNAMES).take(pa.array(surname % len(SURNAMES))), " ")
