-- Times are milliseconds since 1970. Of secrets only hashes are here. JSON columns hold what was sent, checked.
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS organisations(seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users(
  seq INTEGER PRIMARY KEY, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, first_name TEXT, last_name TEXT,
  email TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  -- Who has left stays here: keys still tell whose they are.
  removed_at INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS users_org ON users(org, seq);
CREATE TABLE IF NOT EXISTS workspaces(
  seq INTEGER PRIMARY KEY, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, slug TEXT UNIQUE NOT NULL,
  name TEXT NOT NULL, icon TEXT, description TEXT, is_default INTEGER NOT NULL, scim_source_id TEXT,
  usage_limits TEXT, rate_limits TEXT, defaults TEXT, switches INTEGER NOT NULL, status TEXT NOT NULL,
  created_by TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, source TEXT);
CREATE INDEX IF NOT EXISTS workspaces_org ON workspaces(org, seq);
CREATE TABLE IF NOT EXISTS members(
  workspace INTEGER NOT NULL, user INTEGER NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, PRIMARY KEY(workspace, user)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_user ON members(user, workspace);
-- seq grows with created_at; the keys that the dashboard made have no description: newest first is seq downwards.
CREATE TABLE IF NOT EXISTS keys(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
  description TEXT, kind INTEGER NOT NULL, workspace INTEGER NOT NULL, user INTEGER NOT NULL,
  scopes BLOB NOT NULL, creation_mode TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  expires_at INTEGER, rate_limits TEXT, usage_limits TEXT, alert_emails TEXT, rotation_policy TEXT, defaults TEXT,
  last_reset_at INTEGER, mask TEXT NOT NULL, hash BLOB NOT NULL, old_hash BLOB, old_until INTEGER,
  secrets INTEGER NOT NULL DEFAULT 1, created_by TEXT, updated_by TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS keys_hash ON keys(hash);
CREATE INDEX IF NOT EXISTS keys_old_hash ON keys(old_hash) WHERE old_hash IS NOT NULL;
CREATE INDEX IF NOT EXISTS keys_rotating ON keys(seq) WHERE rotation_policy IS NOT NULL;
CREATE TABLE IF NOT EXISTS audit_log(
  seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, org INTEGER NOT NULL, workspace TEXT NOT NULL, actor TEXT NOT NULL,
  actor_type TEXT NOT NULL, method TEXT NOT NULL, uri TEXT NOT NULL, request_id TEXT NOT NULL, request_body TEXT,
  status INTEGER NOT NULL, resource_type TEXT NOT NULL, action TEXT NOT NULL, client_ip TEXT NOT NULL,
  query_params TEXT, request_headers TEXT, country TEXT, event TEXT);
CREATE INDEX IF NOT EXISTS audit_log_time ON audit_log(org, time);
-- Of a link only the hash is kept. workspaces: [{"workspace_id":id,"role":role}].
CREATE TABLE IF NOT EXISTS invites(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, email TEXT NOT NULL,
  role TEXT NOT NULL, workspaces TEXT, first_key TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  accepted_at INTEGER, status TEXT NOT NULL, invited_by TEXT NOT NULL, hash BLOB NOT NULL,
  links INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS invites_org ON invites(org, seq);
CREATE INDEX IF NOT EXISTS invites_hash ON invites(hash);
CREATE TABLE IF NOT EXISTS scim_groups(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
  created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS scim_groups_org ON scim_groups(org, seq);
CREATE TABLE IF NOT EXISTS scim_mappings(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, workspace INTEGER NOT NULL,
  scim_group INTEGER NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS scim_mappings_org ON scim_mappings(org, seq);
