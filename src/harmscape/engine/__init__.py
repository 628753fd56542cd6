"""Floor 1: one small protocol over a database, and the database that is built in."""

from harmscape.engine.duck import Duck, EngineError
from harmscape.engine.protocol import Engine
from harmscape.engine.sql import identifier, parquet_list, quoted

__all__ = ["Duck", "Engine", "EngineError", "identifier", "parquet_list", "quoted"]
