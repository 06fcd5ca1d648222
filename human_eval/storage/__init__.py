"""The database: connection, tables, migrations, backup, audit log, identifiers."""
