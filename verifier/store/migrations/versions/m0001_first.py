"""The first schema, written out: later changes of `schema.py` do not change what this step made."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None
_ID = sa.String(40)


def _case(name: str = "case_id", *, key: bool = False) -> sa.Column[str]:
    return sa.Column(
        name, _ID, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True, primary_key=key
    )


def _entry(*, nullable: bool = False) -> sa.Column[str]:
    return sa.Column("entry_id", _ID, sa.ForeignKey("entries.id", ondelete="CASCADE"), index=True, nullable=nullable)


def upgrade() -> None:
    text, short = sa.Text(), sa.String(20)
    op.create_table("meta", sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", text))
    op.create_table(
        "cases",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("hold", sa.LargeBinary),
    )
    op.create_table(
        "entries",
        sa.Column("id", _ID, primary_key=True),
        _case(),
        sa.Column("kind", short, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("until", sa.String(32), index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("case_id", "kind", "number"),
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), primary_key=True),
        _entry(),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "templates",
        sa.Column("id", _ID, primary_key=True),
        _case(),
        _entry(),
        sa.Column("kind", short, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer, primary_key=True),
        _case(),
        _entry(nullable=True),
        sa.Column("kind", short, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, index=True),
    )
    op.create_table("apart", _case("first", key=True), _case("second", key=True))
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", text, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("detail", text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
