"""The offences of the demo force: codes and titles as facts, how often they come, where and when.

Codes, titles, groups and subgroups: Home Office counting rules, as in the police recorded crime open data
tables and in data.police.uk's list of offence codes and categories (both Open Government Licence v3.0).
Shares: data.police.uk street crime of Northumbria, 2020-05 to 2022-08, without anti-social behaviour, divided
within a category as Northumbria recorded its offence codes in 2017/18 (Home Office open data tables). Drug
trafficking alone is set higher than it was there (535), so that a planted doubling of it can be found.
"""

from __future__ import annotations

from typing import NamedTuple

WEIGHT_SOURCES = {
    "2016": "ONS Crime Severity Score, first list (2016), as transcribed",
    "2020": "average of the subgroup, derived from scores that ONS published in 2020",
}


class Offence(NamedTuple):
    """One offence code.

    found_by: `reported` by the public or found by `proactive` police work. share: of 100,000 crimes. weight:
    points, from the vintage of `WEIGHT_SOURCES`. setting, rhythm, lag: where, when and how late
    it is recorded (`settings.py`, `rhythm.py`, `records.py`). category: that of data.police.uk.
    """

    code: str
    found_by: str
    share: int
    weight: float
    vintage: str
    setting: str
    rhythm: str
    lag: str
    title: str
    subgroup: str
    group: str
    category: str


_SUBGROUPS = (
    ("Homicide", "Violence against the person", "Violence and sexual offences", "1"),
    ("Violence with injury", "Violence against the person", "Violence and sexual offences", "2 5D 8N"),
    ("Violence without injury", "Violence against the person", "Violence and sexual offences", "105A 3B 11A"),
    ("Stalking and harassment", "Violence against the person", "Violence and sexual offences", "8L 8R"),
    ("Rape offences", "Sexual offences", "Violence and sexual offences", "19C"),
    ("Other sexual offences", "Sexual offences", "Violence and sexual offences", "20A"),
    ("Robbery of business property", "Robbery", "Robbery", "34A"),
    ("Robbery of personal property", "Robbery", "Robbery", "34B"),
    ("Domestic burglary", "Theft offences", "Burglary", "28E 29A"),
    ("Non-domestic burglary", "Theft offences", "Burglary", "30C"),
    ("Theft from a vehicle", "Theft offences", "Vehicle crime", "45"),
    ("Theft of a motor vehicle", "Theft offences", "Vehicle crime", "48"),
    ("Vehicle interference", "Theft offences", "Vehicle crime", "126"),
    ("Theft from the person", "Theft offences", "Theft from the person", "39"),
    ("Bicycle theft", "Theft offences", "Bicycle theft", "44"),
    ("Shoplifting", "Theft offences", "Shoplifting", "46"),
    ("Other theft offences", "Theft offences", "Other theft", "49"),
    ("Arson", "Criminal damage and arson", "Criminal damage and arson", "56A 56B"),
    ("Criminal damage", "Criminal damage and arson", "Criminal damage and arson", "58A 58C 58D"),
    ("Trafficking of drugs", "Drug offences", "Drugs", "92A"),
    ("Possession of drugs", "Drug offences", "Drugs", "92D 92E"),
    (
        "Possession of weapons offences",
        "Possession of weapons offences",
        "Possession of weapons",
        "10A 10B 10C 10D",
    ),
    ("Public order offences", "Public order offences", "Public order", "9A 62A 66"),
    ("Miscellaneous crimes", "Miscellaneous crimes", "Other crime", "59 802"),
)

# code | found by (R reported, P proactive) | share | weight | vintage | setting | rhythm | lag | title
_TABLE = """
1   |R|   14|7978.79|2016|estate|night  |quick|Homicide
2   |R|    9|4662.79|2016|estate|night  |quick|Attempted murder
5D  |R|  594|  270.9|2020|street|night  |quick|Assault with intent to cause serious harm
8N  |R|10931|  270.9|2020|street|evening|quick|Assault with injury
105A|R|15063|   42.2|2020|street|evening|quick|Assault without injury
3B  |R|  547|   42.2|2020|home  |evening|quick|Threats to kill
8L  |R| 5788|     98|2020|home  |evening|slow |Harassment
8R  |R| 5390|     98|2020|home  |any    |slow |Malicious Communications
11A |R|  402|   42.2|2020|home  |any    |slow |Cruelty to children/young persons
19C |R| 1019| 3050.2|2020|home  |night  |slow |Rape of a female aged 16 and over
20A |R|  973|  733.3|2020|night  |night     |slow |Sexual assault on a female aged 13 and over
34A |R|  104|    746|2016|shop  |daytime|quick|Robbery of business property
34B |R|  433|    746|2016|night  |night     |quick|Robbery of personal property
28E |R| 3084|    438|2016|home  |away   |quick|Burglary Residential
29A |R|   61|   2127|2016|estate|night  |quick|Aggravated Burglary Residential
30C |R| 1526|    117|2016|yard  |parked |quick|Burglary Business and Community
45  |R| 3346|   35.9|2020|car   |parked |quick|Theft from vehicle
48  |R|  933|  151.5|2020|car   |parked |quick|Theft or unauthorised taking of motor vehicle
126 |R|  702|      0|2020|car   |parked |quick|Interfering with a motor vehicle
39  |R|  693|     86|2016|night  |night     |quick|Theft from the person
44  |R| 1308|     10|2016|yard  |riding |quick|Theft or unauthorised taking of a pedal cycle
46  |R| 6007|     13|2016|shop  |daytime|quick|Shoplifting
49  |R| 6797|     33|2016|yard  |daytime|quick|Other theft
56A |R|   69|    837|2016|estate|night  |quick|Arson endangering life
56B |R|  879|    185|2016|estate|evening|quick|Arson not endangering life
58A |R| 5041|      7|2016|home  |evening|quick|Criminal damage to a dwelling
58C |R| 5242|      7|2016|car   |parked |quick|Criminal damage to a vehicle
58D |R| 2829|      7|2016|street|evening|quick|Other criminal damage
92A |P| 1000|    497|2016|estate|stop   |quick|Trafficking in controlled drugs
92D |P|  810|      9|2016|street|stop   |quick|Possession of controlled drugs (excl. Cannabis)
92E |P|  955|      3|2016|street|stop   |quick|Possession of controlled drugs (Cannabis)
10A |P|   31|    635|2016|estate|night  |quick|Possession of firearms with intent
10B |P|  103|    327|2016|estate|stop   |quick|Possession of firearms offences
10C |P|  381|     58|2016|street|stop   |quick|Possession of other weapons
10D |P|  366|     55|2016|street|stop   |quick|Possession of article with blade or point
9A  |R|10707|     10|2016|street|evening|quick|Public fear, alarm or distress
62A |R|   19|    365|2016|night  |night     |quick|Violent disorder
66  |R| 2211|     78|2016|street|evening|quick|Other offences against the State or public order
59  |R| 2297|  137.2|2020|home  |evening|quick|Threat or possession with intent to commit criminal damage
802 |R|  382|  137.2|2020|car   |evening|quick|Dangerous driving
"""


def _read(line: str) -> Offence:
    code, found_by, share, weight, vintage, setting, rhythm, lag, title = (
        cell.strip() for cell in line.split("|")
    )
    subgroup, group, category = next(row[:3] for row in _SUBGROUPS if code in row[3].split())
    found = "reported" if found_by == "R" else "proactive"
    figures = int(share), float(weight), vintage
    return Offence(code, found, *figures, setting, rhythm, lag, title, subgroup, group, category)


OFFENCES = tuple(_read(line) for line in _TABLE.strip().splitlines())
CODES = tuple(offence.code for offence in OFFENCES)
NUMBER = {code: number for number, code in enumerate(CODES)}

COMPANIONS = (
    ("1", "2", 0.08), ("5D", "10D", 0.12), ("5D", "8N", 0.07), ("8N", "105A", 0.05), ("8N", "58A", 0.03),
    ("105A", "9A", 0.03), ("105A", "3B", 0.01), ("34B", "10D", 0.08), ("34B", "8N", 0.05),
    ("28E", "48", 0.05), ("46", "105A", 0.02), ("9A", "58D", 0.03), ("48", "802", 0.06), ("92A", "92D", 0.10),
    ("92A", "10C", 0.05), ("19C", "105A", 0.05),
)  # fmt: skip
"""A crime of the first code brings one of the second, in the same incident, with this chance."""

FIRST_TAKEN_FOR = {
    "5D": "8N", "8N": "105A", "105A": "9A", "39": "49", "34B": "39", "28E": "58A", "48": "45", "126": "45",
    "92A": "92D", "92D": "92E", "10D": "10C", "8L": "8R", "56B": "58D", "20A": "105A", "19C": "20A",
    "1": "5D",
}  # fmt: skip
"""What an offence is sometimes recorded as before it is reclassified."""
