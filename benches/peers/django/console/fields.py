"""How Hanok's store holds what Django holds otherwise: ids as 16 bytes in SQLite, times as microseconds."""

import uuid
from datetime import UTC, datetime, timedelta

from django.db import models

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class IdField(models.UUIDField):
    """PostgreSQL's own type there, a BLOB in SQLite."""

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None or connection.features.has_native_uuid_field:
            return super().get_db_prep_value(value, connection, prepared)
        return self.to_python(value).bytes

    def get_db_converters(self, connection):
        # Django's own for UUIDField reads text in SQLite.
        return [] if connection.features.has_native_uuid_field else [of_bytes]

    def get_internal_type(self):
        return "BinaryField"


def of_bytes(value, expression, connection):
    return value if value is None else uuid.UUID(bytes=bytes(value))


class MomentField(models.DateTimeField):
    def get_internal_type(self):
        return "BigIntegerField"

    def get_db_prep_value(self, value, connection, prepared=False):
        value = value if prepared else self.get_prep_value(value)
        return value if value is None else (value - EPOCH) // timedelta(microseconds=1)

    def from_db_value(self, value, expression, connection):
        return value if value is None else EPOCH + timedelta(microseconds=value)
