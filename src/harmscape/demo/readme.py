"""The file that stands beside the demo force and says what it is."""

from __future__ import annotations

from harmscape.demo.names import FORCE_NAME

README = f"""{FORCE_NAME}: an invented force

Everything here is made up: the land lies in open sea; places, people, groups, firms, numbers and events were
drawn by a program. Any likeness to a real place, person or crime is an accident. Do not use it as evidence of
anything.

geographies/    force, area commands, sectors, beats and small areas, each inside the one above (EPSG:4326)
denominators/   residents, households and children by area; small areas also by fifth of deprivation, 1 the
                most
crimes/         exports of the crime system: a history, then one a month that tells the last three months
                anew; one of them calls the column Committed from by another name, Occurred from
links/          who is suspected of, charged with, victim of, witness of or associated with which crime: each
                file tells what is new, and repeats a link whose role has changed
nominals/       the people whom the other files name
registers/      members of groups and priority individuals, each file the whole register on its day
soc/            the partnership's returns: firearms discharges, cannabis farms, drugs supply, intelligence
coroner/        drug-related deaths, provisional first and again when they are registered
partners/       the anonymous line, trading standards, the ambulance service, the council
diversion/      referrals to schemes that lead people away from crime
custody/        time in prison, each file the whole register on its day
services/       where people go for help or are dealt with, each file the whole directory; refuges without
                their place
operations/     what the force did, a line a phase: Clear, Hold, Build
truth.json      the rates everything was drawn from, and what was planted, for testing statistics

The date in a file's name is the day up to which it knows. Eastings and northings are British grid metres.
"""
