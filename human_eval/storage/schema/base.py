"""What all tables share."""

from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
Id = String(32)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    # An empty field is empty in the database, too, and not JSON's null.
    type_annotation_map = {  # noqa: RUF012
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        float: Double,
    }


def refers_to(column: str, on_delete: str = "CASCADE") -> ForeignKey:
    """A foreign key; by default a row goes with the row it belongs to."""
    return ForeignKey(column, ondelete=on_delete)
