CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL DEFAULT (current_setting('request.jwt.claims', true)::jsonb ->> 'sub'),
  body text NOT NULL
);
GRANT SELECT, INSERT ON notes TO authenticated;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;

-- On Supabase, auth.jwt() is the same as current_setting('request.jwt.claims', true)::jsonb.
CREATE POLICY "their own" ON notes FOR SELECT TO authenticated
  USING (owner = (current_setting('request.jwt.claims', true)::jsonb ->> 'sub'));

CREATE POLICY "their own, with a plan" ON notes FOR INSERT TO authenticated
  WITH CHECK (
    owner = (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')
    AND (current_setting('request.jwt.claims', true)::jsonb -> 'app_metadata' ->> 'plan') = 'pro'
  );
