-- The second version knew nobody who had left, nor who made a key, and kept less of each act.
ALTER TABLE users ADD COLUMN removed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workspaces ADD COLUMN source TEXT;
ALTER TABLE keys ADD COLUMN created_by TEXT;
ALTER TABLE keys ADD COLUMN updated_by TEXT;
ALTER TABLE audit_log ADD COLUMN query_params TEXT;
ALTER TABLE audit_log ADD COLUMN request_headers TEXT;
ALTER TABLE audit_log ADD COLUMN country TEXT;
ALTER TABLE audit_log ADD COLUMN event TEXT;
