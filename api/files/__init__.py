"""Files beside the database: evidence by content hash, documents to download."""
