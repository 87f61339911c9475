"""Jobs: what takes longer than a request, done by processes of their own, and gone on with whatever happens to them.

What is wanted stands in our own tables (a batch that waits, an export). Workers see it there and begin a durable workflow of
DBOS, whose steps may be done again at any time. So the service itself knows nothing of DBOS, nothing is lost between a commit
and a queue, and DBOS's own tables (`jobs.db` beside SQLite, the schema `jobs` in PostgreSQL) hold nothing that can't be
made again from ours.
"""
