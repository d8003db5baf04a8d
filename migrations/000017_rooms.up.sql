-- Group chats and channels. A quote's card there belongs to nobody: it shows what anybody
-- may read, and each person's own view is the answer to that person's click. A sealed
-- notice is one that only the person whom it answers can open. person_id is who asked.
ALTER TABLE messages
	DROP CONSTRAINT messages_kind_check,
	DROP CONSTRAINT messages_check,
	DROP CONSTRAINT messages_check1,
	ADD CONSTRAINT messages_kind_check CHECK (kind IN ('quote', 'approval', 'notice', 'room', 'sealed')),
	ADD CONSTRAINT messages_check CHECK ((kind IN ('notice', 'sealed')) = (notice IS NOT NULL)),
	ADD CONSTRAINT messages_check1 CHECK (CASE kind
		WHEN 'notice' THEN true
		WHEN 'sealed' THEN person_id IS NOT NULL
		ELSE quote_id IS NOT NULL AND version IS NOT NULL AND person_id IS NOT NULL
	END);

-- Who has written or clicked in a room, and how Teams calls them towards this bot (29:…):
-- Teams refreshes a card for people whom it names so. The threads of a channel are one
-- room.
CREATE TABLE room_people (
	room      text NOT NULL CHECK (room <> ''),
	person_id bigint NOT NULL REFERENCES people,
	user_id   text NOT NULL CHECK (user_id <> ''),
	seen_at   timestamptz NOT NULL,
	PRIMARY KEY (room, person_id)
);
GRANT SELECT, INSERT, UPDATE ON room_people TO radioquote_service;
GRANT SELECT ON room_people TO radioquote_job;

-- What a quote's owner shows to everybody of a conversation: one version, prices and all.
-- With the next version it is over.
CREATE TABLE shares (
	conversation_id bigint NOT NULL REFERENCES conversations,
	quote_id        bigint NOT NULL REFERENCES quotes,
	version         integer NOT NULL,
	shared_by       bigint NOT NULL REFERENCES people,
	shared_at       timestamptz NOT NULL,
	PRIMARY KEY (conversation_id, quote_id),
	FOREIGN KEY (quote_id, version) REFERENCES quote_versions
);
ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON shares FOR SELECT TO radioquote_service USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY own ON shares TO radioquote_service
	USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id AND q.owner_id = (SELECT actor()) OFFSET 0))
	WITH CHECK (shared_by = (SELECT actor()) AND EXISTS (SELECT FROM quotes q WHERE q.id = quote_id AND q.owner_id = (SELECT actor()) OFFSET 0));
CREATE POLICY job ON shares TO radioquote_job USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shares TO radioquote_service;
GRANT SELECT ON shares TO radioquote_job;

-- Whether a person may see a quote: the policy visible on quotes, asked for somebody else
-- than the actor. A test holds the two together.
CREATE FUNCTION may_see(person bigint, quote bigint) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (
		SELECT
		FROM quotes q
		JOIN people p ON p.id = person
		WHERE q.id = quote
		  AND (q.owner_id = p.id
		   OR p.team = q.team AND p.team <> '' AND p.roles && ARRAY['rep', 'sales_manager']
		   OR NOT 'admin' = ANY (p.roles) AND q.owner_id IN (SELECT reports_of(p.id))
		   OR p.roles && ARRAY['finance', 'vp', 'owner', 'engineering', 'auditor']))
$$;
