"""What the ledger already knows of files: their content, and the parts of the world they told of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from harmscape.engine import Duck
from harmscape.workspace.find import Candidate
from harmscape.workspace.ledger import Ledger, Manifest
from harmscape.workspace.tables import Policies, read_policies


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file loaded before, by its number."""

    file_no: int
    shown: str
    as_of: date
    loaded_at: datetime
    accepted: int


@dataclass
class Known:
    """Files by source and content; for each part of the world, its latest delivery and that one's files."""

    files: dict[tuple[str, str], KnownFile]
    covers: dict[tuple[str, str], tuple[date, frozenset[int]]]
    policies: Policies
    refused: set[tuple[str | None, str, str | None]] = field(default_factory=set)

    def file(self, source: str, digest: str) -> KnownFile | None:
        """The file that held this content before, if any."""
        return self.files.get((source, digest))

    def newer_cover(self, source: str, covers: Iterable[str], as_of: date) -> date | None:
        """The day of a later delivery that told of a part this file tells of, if there is one."""
        days = [self.covers[source, cover][0] for cover in covers if (source, cover) in self.covers]
        latest = max(days, default=as_of)
        return latest if latest > as_of else None

    def companions(
        self,
        fresh: Sequence[tuple[Candidate, Iterable[str]]],
        present: Sequence[tuple[Candidate, KnownFile]],
    ) -> list[tuple[Candidate, KnownFile]]:
        """The unchanged files that belong to the same delivery as some new ones.

        A delivery may come in several files. Where some of a part's files are replaced and others lie there
        unchanged, those speak with the new ones; where all of them still lie there, the new file restates
        the part on its own.
        """
        lying = {held.file_no: (candidate, held) for candidate, held in present}
        wanted: set[int] = set()
        for candidate, covers in fresh:
            if not candidate.source.restates:
                continue
            for cover in covers:
                _, told_by = self.covers.get((candidate.source.id, cover), (None, frozenset[int]()))
                still = told_by & lying.keys()
                if still and still != told_by:
                    wanted |= still
        return [lying[number] for number in sorted(wanted)]

    def note_covers(self, source: str, as_of: date, told: Iterable[tuple[int, str]]) -> None:
        """Remember which files of a delivery of this load told of what, for the deliveries after it."""
        numbers: dict[str, set[int]] = {}
        for file_no, cover in told:
            numbers.setdefault(cover, set()).add(file_no)
        for cover, by in numbers.items():
            self.covers[source, cover] = (as_of, frozenset(by))


def read_known(engine: Duck, ledger: Ledger, manifest: Manifest) -> Known:
    """Everything a load must know of the loads before it."""
    files = {
        (source, digest): KnownFile(file_no, shown, as_of, loaded_at, accepted)
        for source, digest, file_no, shown, as_of, loaded_at, accepted in engine.rows(
            "known files",
            f"""
            select f.source, f.content_digest, f.file_no, f.shown, f.as_of, f.loaded_at, f.accepted
            from {ledger.relation(manifest, "file")} f where f.action <> 'refuse' order by f.file_no
            """,
        )
    }
    covers = {
        (source, cover): (as_of, frozenset(numbers))
        for source, cover, as_of, numbers in engine.rows(
            "known covers",
            f"""
            with told as (
                select c.*, f.load_no,
                       dense_rank() over (
                           partition by c.source, c.cover order by c.as_of desc, f.load_no desc
                       ) as nth
                from {ledger.relation(manifest, "cover")} c
                join {ledger.relation(manifest, "file")} f using (file_no)
            )
            select t.source, t.cover, max(t.as_of), list(t.file_no) from told t where t.nth = 1 group by all
            """,
        )
    }
    refused = engine.rows(
        "known refusals",
        f"""
        select f.source, f.shown, f.reason from {ledger.relation(manifest, "file")} f
        where f.action = 'refuse'
        """,
    )
    return Known(files, covers, read_policies(engine, ledger, manifest), set(refused))
