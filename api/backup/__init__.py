"""Back-up and restore: the whole service in one file, the same for SQLite and PostgreSQL.

`create` writes an archive while the service runs, `restore` makes a service of it again; `archive` is the file with its
manifest of digests, `snapshot` the database at one moment as a SQLite file, `work_folder` where both put what isn't done yet.
"""
