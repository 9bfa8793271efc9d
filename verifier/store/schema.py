"""The database: tables, how it is opened, and how an older one is brought up to date.

Everything personal is in `sealed` columns. What lies open: ids, kinds, times, sizes, digests of the blind index, and the log.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from verifier.store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "cases.db"
HEAD = "0001"
"""The migration this version of the tool works with."""
tables = sa.MetaData()
_ID = sa.String(40)

meta = sa.Table("meta", tables, sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.Text))
cases = sa.Table(
    "cases",
    tables,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("hold", sa.LargeBinary),
)


def _case_id(name: str = "case_id", **more: Any) -> sa.Column[Any]:
    return sa.Column(name, _ID, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True, **more)


def _entry_id(**more: Any) -> sa.Column[Any]:
    return sa.Column("entry_id", _ID, sa.ForeignKey("entries.id", ondelete="CASCADE"), index=True, **more)


entries = sa.Table(
    "entries",
    tables,
    sa.Column("id", _ID, primary_key=True),
    _case_id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("until", sa.String(32), index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("case_id", "kind", "number"),
)
blobs = sa.Table(
    "blobs",
    tables,
    sa.Column("sha256", sa.String(64), primary_key=True),
    _entry_id(nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)
templates = sa.Table(
    "templates",
    tables,
    sa.Column("id", _ID, primary_key=True),
    _case_id(),
    _entry_id(nullable=False),
    sa.Column("kind", sa.String(20), nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
marks = sa.Table(
    "marks",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    _case_id(),
    _entry_id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
)
apart = sa.Table("apart", tables, _case_id("first", primary_key=True), _case_id("second", primary_key=True))
audit = sa.Table(
    "audit",
    tables,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("case_id", _ID, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)


def engine_of(folder: Path, database: str | None) -> sa.Engine:
    """SQLite in the folder, or the server that `database` (an SQLAlchemy address) names."""
    if database is not None:
        try:
            return sa.create_engine(database, pool_pre_ping=True, hide_parameters=True)
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
            raise StoreError(f"the address of the database cannot be used ({type(error).__name__})") from None
    engine = sa.create_engine(f"sqlite:///{folder / NAME}", hide_parameters=True, connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, as what they are
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "secure_delete=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def bring_up_to_date(engine: sa.Engine) -> None:
    """Runs the migrations that are missing; StoreError when the database was made by a newer version of the tool."""
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(726354)"))  # one migrates, the others wait
        here = None
        if sa.inspect(connection).has_table("alembic_version"):
            here = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if here == HEAD:
            return
        if here is not None and here > HEAD:
            raise StoreError("this folder was made by a newer version of the tool: install that version to open it")
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "verifier.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def scrub(engine: sa.Engine) -> bool:
    """Leaves no deleted row in the database's files or its log. False: another process is at work, or the disk is full, so some may be."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.rollback()
        try:
            raw.execute("VACUUM")
        except sqlite3.OperationalError:
            return False
        return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
