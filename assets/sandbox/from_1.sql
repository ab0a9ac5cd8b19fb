-- The first version wanted a description of every key.
CREATE TABLE keys_2(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
  description TEXT, kind INTEGER NOT NULL, workspace INTEGER NOT NULL, user INTEGER NOT NULL,
  scopes BLOB NOT NULL, creation_mode TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  expires_at INTEGER, rate_limits TEXT, usage_limits TEXT, alert_emails TEXT, rotation_policy TEXT, defaults TEXT,
  last_reset_at INTEGER, mask TEXT NOT NULL, hash BLOB NOT NULL, old_hash BLOB, old_until INTEGER,
  secrets INTEGER NOT NULL DEFAULT 1);
INSERT INTO keys_2 SELECT * FROM keys;
-- The number of a key that was deleted is not given again.
UPDATE sqlite_sequence SET seq=(SELECT seq FROM sqlite_sequence WHERE name='keys') WHERE name='keys_2';
DROP TABLE keys;
ALTER TABLE keys_2 RENAME TO keys;
