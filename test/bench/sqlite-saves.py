"""Inserts orders into SQLite, each transaction on stable storage; prints how many a second.

usage: sqlite-saves.py <file> <orders> <orders in a transaction>
"""

import json
import sqlite3
import sys
import time
import uuid

file, count, at_once = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
db = sqlite3.connect(file, isolation_level=None)
db.execute("pragma journal_mode = wal")  # of the durable ways the fastest
db.execute("pragma synchronous = full")  # a sync for each transaction
db.execute("create table orders (id text primary key, placed_at text, items text)")


def row():
    return str(uuid.uuid4()), "2025-01-01T00:00:00.000Z", json.dumps(["100 inch TV", "magic carpet"])


start = time.perf_counter()
for _ in range(count // at_once):
    db.execute("begin")
    db.executemany("insert into orders values (?, ?, ?)", (row() for _ in range(at_once)))
    db.execute("commit")
print(count / (time.perf_counter() - start))
