-- A database of the second version: two keys of its seed and the admin key, one made and rotated, one deleted.
BEGIN TRANSACTION;
CREATE TABLE audit_log(
  seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, org INTEGER NOT NULL, workspace TEXT NOT NULL, actor TEXT NOT NULL,
  actor_type TEXT NOT NULL, method TEXT NOT NULL, uri TEXT NOT NULL, request_id TEXT NOT NULL, request_body TEXT,
  status INTEGER NOT NULL, resource_type TEXT NOT NULL, action TEXT NOT NULL, client_ip TEXT NOT NULL);
INSERT INTO "audit_log" VALUES(1,1795576320000,1,'d2660ecc-4cbc-4a60-aeec-135957ec1221','e08dc45c-d01a-4f01-8ddd-5e12f1539137','api_key','POST','/v2/api-keys/workspace/service','83ceddfb-e86a-46fb-b080-47b87bcc9dee','{"name":"rotated","scopes":["completions.write"],"workspace_id":"d2660ecc-4cbc-4a60-aeec-135957ec1221","defaults":{"metadata":{"team":"x"},"config_id":"pc-a"},"usage_limits":{"credit_limit":10}}',200,'api-keys','create','127.0.0.1');
INSERT INTO "audit_log" VALUES(2,1795576320000,1,'d2660ecc-4cbc-4a60-aeec-135957ec1221','e08dc45c-d01a-4f01-8ddd-5e12f1539137','api_key','POST','/v2/api-keys/a9567373-bdb2-4fda-bd82-82b782246c52/rotate','ea0fcfd8-d5dc-41f2-b66c-85c6d03f7144',NULL,200,'api-keys','rotate','127.0.0.1');
INSERT INTO "audit_log" VALUES(3,1795576320000,1,'','e08dc45c-d01a-4f01-8ddd-5e12f1539137','api_key','POST','/v2/api-keys/organisation/service','9d1eaa17-6af9-4b94-b8e0-bcb2438af07e','{"name":"gone","scopes":["workspaces.list"]}',200,'api-keys','create','127.0.0.1');
INSERT INTO "audit_log" VALUES(4,1795576320000,1,'','e08dc45c-d01a-4f01-8ddd-5e12f1539137','api_key','DELETE','/v2/api-keys/ad8e4bfe-86aa-48f1-810a-84ae7957d180','fdf33949-9054-4da8-a29d-fbdff9b0d9b5',NULL,200,'api-keys','delete','127.0.0.1');
CREATE TABLE keys(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
  description TEXT, kind INTEGER NOT NULL, workspace INTEGER NOT NULL, user INTEGER NOT NULL,
  scopes BLOB NOT NULL, creation_mode TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  expires_at INTEGER, rate_limits TEXT, usage_limits TEXT, alert_emails TEXT, rotation_policy TEXT, defaults TEXT,
  last_reset_at INTEGER, mask TEXT NOT NULL, hash BLOB NOT NULL, old_hash BLOB, old_until INTEGER,
  secrets INTEGER NOT NULL DEFAULT 1);
INSERT INTO "keys" VALUES(1,1,'e08dc45c-d01a-4f01-8ddd-5e12f1539137','console-admin','The key that the console works with',0,0,0,X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF1F00000000000000','ui',1735095600000,1735095600000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'ip*****Y0Y',X'106F5B39D4D375A8F19435174BA00001',NULL,NULL,1);
INSERT INTO "keys" VALUES(2,1,'6cff3e85-bdba-450e-bcf6-76a58c8bdaa9','key-0000001','',1,1,0,X'000000000020004000800000000002000400000000000000','api',1749999600000,1749999600000,1809226800000,NULL,NULL,NULL,NULL,NULL,NULL,'6E*****v5b',X'258C0A699ABF0D9E0099D12CB99F7634',NULL,NULL,1);
INSERT INTO "keys" VALUES(3,1,'c81969d4-ac39-460a-b999-28047b0916a0','key-0000002','',2,1,2,X'000000004000C0C0808101010006060C0C00000000000000','api',1764903600000,1764903600000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'7F*****oI3',X'75AC606C37F1E6E5B6BAB1336EEB2BA0',NULL,NULL,1);
INSERT INTO "keys" VALUES(4,1,'a9567373-bdb2-4fda-bd82-82b782246c52','rotated','',1,1,0,X'000000000000000000000000000000002000000000000000','api',1795576320000,1795576320000,NULL,NULL,'{"type":"cost","credit_limit":10,"current_usage":0.0}',NULL,NULL,'{"metadata":{"team":"x"},"config_id":"55453df3-e9d0-423a-ad2d-e99cf7cd1e38"}',NULL,'cD*****IYA',X'E56BBE79B463A0B961F499DC710A6BB5',X'EEC104E8DFC41CA2467649367560A935',1795578120000,2);
CREATE TABLE members(
  workspace INTEGER NOT NULL, user INTEGER NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, PRIMARY KEY(workspace, user)) WITHOUT ROWID;
INSERT INTO "members" VALUES(1,1,'member',1735095600000,1735095600000);
INSERT INTO "members" VALUES(1,2,'member',1735095600000,1735095600000);
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
INSERT INTO "meta" VALUES('admin-1','1');
INSERT INTO "meta" VALUES('number','7');
CREATE TABLE organisations(seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL);
INSERT INTO "organisations" VALUES(1,'942a7a2d-4eea-4df0-8ea7-a4b665cb748b','Scale');
CREATE TABLE users(
  seq INTEGER PRIMARY KEY, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, first_name TEXT, last_name TEXT,
  email TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
INSERT INTO "users" VALUES(1,1,'40c77d34-cb27-11e3-8ae3-9b7a5d3dca20','User','0000001','user0000001@scale.example','owner',1735095600000,1735095600000);
INSERT INTO "users" VALUES(2,1,'2238c8ed-d14f-11e8-9c6d-138bdf4cfcd4','User','0000002','user0000002@scale.example','admin',1735095600000,1735095600000);
CREATE TABLE workspaces(
  seq INTEGER PRIMARY KEY, org INTEGER NOT NULL, id TEXT UNIQUE NOT NULL, slug TEXT UNIQUE NOT NULL,
  name TEXT NOT NULL, icon TEXT, description TEXT, is_default INTEGER NOT NULL, scim_source_id TEXT,
  usage_limits TEXT, rate_limits TEXT, defaults TEXT, switches INTEGER NOT NULL, status TEXT NOT NULL,
  created_by TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
INSERT INTO "workspaces" VALUES(1,1,'d2660ecc-4cbc-4a60-aeec-135957ec1221','ws-scale-000001','workspace-00001',NULL,NULL,1,NULL,NULL,NULL,NULL,34342957055,'active',NULL,1735095600000,1735095600000);
CREATE INDEX users_org ON users(org, seq);
CREATE INDEX workspaces_org ON workspaces(org, seq);
CREATE INDEX members_user ON members(user, workspace);
CREATE UNIQUE INDEX keys_hash ON keys(hash);
CREATE INDEX keys_old_hash ON keys(old_hash) WHERE old_hash IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('keys',5);
COMMIT;
PRAGMA user_version=2;
