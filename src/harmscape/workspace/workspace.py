"""The one door: a workspace folder opened, loaded, asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import harmscape
from harmscape.access import Audit, Reader, Verdict, local_user
from harmscape.config import load_domain
from harmscape.engine import Engine
from harmscape.model.declared import digest_of
from harmscape.model.domain import Domain
from harmscape.model.errors import AbandonedError, HarmscapeError, Problem, SelectionError, nearest
from harmscape.model.receipt import Receipt
from harmscape.model.role import OWNER
from harmscape.places.pmtiles import Basemap, open_basemap
from harmscape.views.registry import VIEWS
from harmscape.views.result import Result, plain
from harmscape.workspace.answers import Answers
from harmscape.workspace.ledger import Ledger
from harmscape.workspace.load import Progress, load, summary
from harmscape.workspace.operations import REGISTER, last_change, note_answer
from harmscape.workspace.report import LoadReport
from harmscape.workspace.snapshot import Snapshot, open_snapshot
from harmscape.workspace.state import State
from harmscape.workspace.turns import Turns

Answer = TypeVar("Answer")

_AT_ONCE = 2
"""Questions worked out at once; one of the two places is kept for the list that a page begins with."""

_MOST_PINNED = 4
"""Earlier snapshots that are held open at once."""


class Workspace:
    """A workspace: its declarations, its ledger, and the questions it answers.

    Raises HarmscapeError where the folder is no workspace, ConfigError with every fault of its YAML.
    """

    def __init__(self, folder: Path, *, reader: Reader | None = None) -> None:
        self.folder = folder
        if not (folder / "harmscape.yml").exists():
            raise HarmscapeError(
                f"{folder} is not a workspace (it has no harmscape.yml):"
                " make one with `harmscape init`, or name one with -w"
            )
        self.domain: Domain
        self.problems: list[Problem]
        self.domain, self.problems = load_domain(folder)
        self.ledger = Ledger(folder / "ledger")
        self.audit = Audit(folder / "audit.sqlite")
        self.state = State(folder / "state.sqlite")
        self.reader = reader or Reader(actor=local_user(), role=OWNER)
        self._answers = Answers()
        self._turns = Turns(_AT_ONCE, kept=1)
        self._pinned: dict[str, Snapshot] = {}
        self._open: Snapshot | None = None
        self._opening = Lock()
        self._cutting = Lock()

    def load(
        self,
        paths: Sequence[Path | str] = (),
        *,
        source: str | None = None,
        as_of: date | None = None,
        header_row: int | None = None,
        sheet: str | None = None,
        progress: Progress = lambda _: None,
    ) -> LoadReport:
        """Load what is new in the data folders, or the paths named, and publish one snapshot.

        source: all files belong to it, whatever their names. as_of: the day the deliveries speak of; else it
        is found in their names or is today. header_row and sheet: where a table stands in a workbook.
        A refused file never stops the others; the report says what each came to.
        """
        # A row before as well as after: a load that is killed leaves its trace in the trail too.
        self._note_load("begun", {"paths": len(paths), "source": source})
        report = load(
            self.domain,
            self.folder,
            self.ledger,
            paths=[Path(path) for path in paths],
            source=source,
            as_of=as_of,
            header_row=header_row,
            sheet=sheet,
            progress=progress,
        )
        self._note_load("loaded", summary(report))
        progress("rolling up events")
        self.snapshot()
        return report

    def _note_load(self, outcome: str, detail: Mapping[str, object]) -> None:
        self.audit.append(
            "collection",
            actor=self.reader.actor,
            role=self.reader.role.id,
            step="load",
            detail=detail,
            outcome=outcome,
        )

    def ask(
        self,
        view: str,
        words: Mapping[str, object] | None = None,
        *,
        snapshot: str | None = None,
        **options: Any,
    ) -> Result:
        """Answer a question: a view by name, the words of its selection, and its own options.

        snapshot: answer from the data of an earlier load, as a link that pins it does.
        Every answer passes the gate and is written to the audit trail; it carries a receipt.
        """
        return self.ask_while(lambda: True, view, words, snapshot=snapshot, **options)

    def ask_while(
        self,
        is_awaited: Callable[[], bool],
        view: str,
        words: Mapping[str, object] | None = None,
        *,
        snapshot: str | None = None,
        **options: Any,
    ) -> Result:
        """Answer a question as `ask` does, if somebody still waits for it when its turn has come.

        Raises AbandonedError where nobody does; nothing is read then.
        """
        if view not in VIEWS:
            raise SelectionError(f"no view {view[:40]!r}{nearest(view[:40], VIEWS)}")
        said = {key: value for key, value in (words or {}).items() if value is not None}
        if REGISTER not in VIEWS[view].options:
            return self._answer(self.snapshot(snapshot), view, said, options, self.reader, is_awaited)
        # The receipt names the state of the register, which people go on writing in.
        options = {REGISTER: last_change(self.state), **options}
        found = self._answer(self.snapshot(snapshot), view, said, options, self.reader, is_awaited)
        note_answer(self, found)
        return found

    def make_ready(self, view: str, words: Mapping[str, object], **options: Any) -> None:
        """Work an answer out before anybody asks, for equal rights; the trail names the program."""
        program = replace(self.reader, actor="harmscape")
        self._answer(self.snapshot(), view, words, options, program, lambda: True)

    def rank(self, **words: object) -> Result:
        """Every area of a geography in its standing: `rank(by="sector", window="12m")`."""
        return self.ask("rank", words)

    def place(self, area: str, **words: object) -> Result:
        """One area's profile."""
        return self.ask("place", {**words, "areas": area})

    def rows(
        self,
        *,
        sort: str = "day",
        descending: bool = True,
        offset: int = 0,
        limit: int = 100,
        **words: object,
    ) -> Result:
        """The events behind a figure, one page of them."""
        return self.ask("rows", words, sort=sort, descending=descending, offset=offset, limit=limit)

    def health(self, **words: object) -> Result:
        """What came, what was refused, what is missing."""
        return self.ask("health", words)

    def weights(self, **words: object) -> Result:
        """The weights in force, and what each moved."""
        return self.ask("weights", words)

    def stability(self, **words: object) -> Result:
        """The standing under every other scheme."""
        return self.ask("stability", words)

    def reproduce(self, receipt: Receipt) -> Result:
        """The result of a receipt again, to the digit, or an error that names the ingredient that is gone."""
        if receipt.snapshot not in self.ledger.snapshots():
            raise HarmscapeError(
                f"snapshot {receipt.snapshot} is no longer kept: the data of this receipt are gone"
            )
        with closing(open_snapshot(self, receipt.snapshot)) as held:
            words = dict(receipt.selection)
            made = self._work_out(held, receipt.view, words, dict(receipt.options), self.reader)
            held.gate.note(self.reader, receipt.view, _detail(held, words))
        assert made.receipt is not None
        for what, then, now in (
            ("weights", receipt.weights, made.receipt.weights),
            ("configuration", receipt.configuration, made.receipt.configuration),
            ("rights", receipt.policy, made.receipt.policy),
            ("program", receipt.program, made.receipt.program),
        ):
            if then != now and receipt.result != made.receipt.result:
                raise HarmscapeError(
                    f"the {what} of this receipt ({then}) are not those in force ({now}),"
                    " and the figures differ"
                )
        if receipt.result != made.receipt.result:
            raise HarmscapeError("the figures differ from this receipt although every ingredient is the same")
        return made

    def verify(self) -> Verdict:
        """Check the whole audit trail."""
        return self.audit.verify()

    def facts(self) -> dict[str, Any]:
        """What the pages need to know of the workspace itself."""
        held = self.snapshot()
        facts = held.gate.read(self.reader, "workspace", {}, held.facts)
        return {**facts, "basemap": self._basemap_facts()}

    @cached_property
    def basemap(self) -> Basemap | None:
        """The local file under the map, opened; None where none is declared.

        Raises HarmscapeError where it is missing or no good archive.
        """
        named = self.domain.settings.basemap
        return open_basemap(self.folder / named) if named else None

    def _basemap_facts(self) -> dict[str, Any] | None:
        try:
            held = self.basemap
        except HarmscapeError as fault:
            return {"fault": str(fault)}
        return held.facts if held else None

    def areas_geojson(
        self, by: str, *, snapshot: str | None = None, most: int | None = None, near: Sequence[str] = ()
    ) -> str:
        """The areas of a geography for a map, simplified, as GeoJSON.

        most: where there are more, each comes by its box alone, and the member `tiles` says where their
        shapes are to be had. near: areas by code or name; only what lies about them comes, cut a little
        outside the member `frame`. Raises SelectionError where one of them is not known.
        """
        name = self.domain.geography(by).id
        held = self.snapshot(snapshot)
        detail = {"by": name, **({"near": list(near)} if near else {})}
        return held.gate.read(
            self.reader, "areas", detail, lambda cursor: held.areas(cursor, name, most, near)
        )

    def area_tile(self, by: str, z: int, x: int, y: int, *, snapshot: str | None = None) -> bytes:
        """A map's tile of the areas of a geography: a vector tile, empty where there is nothing.

        Reading the areas stands in the trail once; the tiles cut from them hold nothing else.
        """
        name = self.domain.geography(by).id
        held = self.snapshot(snapshot)
        land = held.lands.get(name)
        if land is None:
            with self._cutting:
                land = held.gate.read(
                    self.reader, "areas", {"by": name}, lambda cursor: held.land(cursor, name)
                )
        return held.tile(land, name, z, x, y)

    def read(
        self,
        step: str,
        detail: Mapping[str, object],
        answer: Callable[[Engine], Answer],
        *,
        snapshot: str | None = None,
    ) -> Answer:
        """Anything else that is read goes through the same gate."""
        return self.snapshot(snapshot).gate.read(self.reader, step, detail, answer)

    def snapshot(self, name: str | None = None) -> Snapshot:
        """The current snapshot, opened; opened anew when a load has published another.

        name: an earlier one. Raises SelectionError where that is no longer kept.
        """
        with self._opening:
            if name is not None:
                return self._earlier(name)
            current = self.ledger.newest()
            if self._open is None or self._open.context.snapshot != current:
                # The old one is not closed: a thread may still be reading it; it goes with its last reader.
                self._open = open_snapshot(self, current)
            return self._open

    def _earlier(self, name: str) -> Snapshot:
        if name not in self._pinned:
            kept = self.ledger.snapshots()
            if name not in kept:
                newest = f"; the newest is {kept[-1]}" if kept else ""
                raise SelectionError(
                    f"snapshot {name[:40]!r} is not kept here: the data of this link are gone, or of another"
                    f" workspace{newest}. Leave the snapshot out to ask the newest data"
                )
            while len(self._pinned) >= _MOST_PINNED:
                # Not closed: a thread may still be reading it; it goes with its last reader.
                self._pinned.pop(next(iter(self._pinned)))
            self._pinned[name] = open_snapshot(self, name)
        return self._pinned[name]

    def close(self) -> None:
        """Let go of the open snapshots."""
        for held in self._pinned.values():
            held.close()
        self._pinned.clear()
        if self._open is not None:
            self._open.close()
            self._open = None

    def _answer(
        self,
        snapshot: Snapshot,
        view: str,
        words: Mapping[str, object],
        options: Mapping[str, Any],
        reader: Reader,
        is_awaited: Callable[[], bool],
    ) -> Result:
        asked = VIEWS[view]
        unknown = [name for name in options if name not in asked.options]
        if unknown:
            raise SelectionError(f"{view} takes no {unknown[0]!r}{nearest(unknown[0], asked.options)}")
        known = (snapshot.context.snapshot, snapshot.gate.digest(reader), self.state.mark())
        key = digest_of([*known, view, dict(words), options])
        found = self._answers.get(key)
        if found is None:
            # Few are worked out at a time: cursors are cheap, and two cores are soon full.
            with self._turns.turn(self._urgency(view, words), key):
                found = self._answers.get(key)
                if found is None:
                    if not is_awaited():
                        raise AbandonedError("nobody waits for this answer any more")
                    found = self._work_out(snapshot, view, words, options, reader)
                    self._answers.keep(key, found)
        snapshot.gate.note(reader, view, _detail(snapshot, words))
        return found

    def _urgency(self, view: str, words: Mapping[str, object]) -> int:
        """The standing of areas comes before what stands beside it on a page."""
        by = str(words.get("by") or self.domain.settings.defaults.by).partition("@")[0]
        is_standing = view == "rank" and any(by == each.id for each in self.domain.geographies)
        return 0 if is_standing else 1

    def _work_out(
        self,
        snapshot: Snapshot,
        view: str,
        words: Mapping[str, object],
        options: Mapping[str, Any],
        reader: Reader,
    ) -> Result:
        """An answer worked out now, through the gate; it is noted when it is given."""

        def made(cursor: Engine) -> Result:
            found = VIEWS[view].answer(cursor, snapshot.context, words, **options)
            return replace(found, receipt=self._receipt(snapshot, view, found, options))

        return snapshot.gate.work_out(reader, made)

    def _receipt(self, snapshot: Snapshot, view: str, found: Result, options: Mapping[str, Any]) -> Receipt:
        body = found.to_dict()
        body.pop("receipt")
        selection = dict(body["selection"])
        return Receipt(
            view=view,
            selection=selection,
            options=dict(options),
            snapshot=snapshot.context.snapshot,
            weights=self.domain.scheme(selection["weights"]).digest,
            configuration=self.domain.digest,
            policy=snapshot.gate.digest(self.reader),
            program=harmscape.__version__,
            result=digest_of(body),
        )


def open_workspace(folder: str | Path, *, reader: Reader | None = None) -> Workspace:
    """Open a workspace folder: `harmscape.open("northshire")`."""
    return Workspace(Path(folder), reader=reader)


def _detail(snapshot: Snapshot, words: Mapping[str, object]) -> dict[str, object]:
    """What the audit trail keeps of a question."""
    return {"words": plain(dict(words)), "snapshot": snapshot.context.snapshot}
