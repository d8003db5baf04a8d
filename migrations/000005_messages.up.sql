-- Conversations with Teams, what came in, and what goes out. Messages are numbered per
-- conversation and go out in that order.
CREATE TABLE conversations (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	teams_id     text NOT NULL UNIQUE CHECK (teams_id <> ''),
	kind         text NOT NULL CHECK (kind IN ('personal', 'groupChat', 'channel')),
	service_url  text NOT NULL,
	tenant       text NOT NULL,
	person_id    bigint REFERENCES people,     -- of a personal chat with somebody of the directory
	user_id      text NOT NULL DEFAULT '',     -- how Teams calls that person towards this bot (29:…)
	active_quote bigint,                       -- what "make it 45" is about
	last_message bigint NOT NULL DEFAULT 0,
	welcomed     boolean NOT NULL DEFAULT false,
	gone         boolean NOT NULL DEFAULT false -- blocked or uninstalled: nothing can be sent
);
CREATE INDEX conversations_person ON conversations (person_id) WHERE kind = 'personal';

-- Activities that were taken: Teams sends them again when it is in doubt.
CREATE TABLE inbox (
	conversation text NOT NULL,
	activity_id  text NOT NULL,
	received_at  timestamptz NOT NULL,
	correlation  text NOT NULL,
	PRIMARY KEY (conversation, activity_id)
);
CREATE INDEX inbox_age ON inbox (received_at);

-- The outbox, and every copy of a card that is out there. A quote's card is rendered when
-- it is delivered, from the state at that time: wanted counts the changes, shown those
-- that have reached Teams.
CREATE TABLE messages (
	id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	conversation_id bigint REFERENCES conversations, -- NULL: the person has no chat with us yet
	number          bigint,                          -- order within the conversation
	person_id       bigint REFERENCES people,        -- whose view it shows; NULL for a notice
	kind            text NOT NULL CHECK (kind IN ('quote', 'approval', 'notice')),
	quote_id        bigint REFERENCES quotes,
	version         integer,
	notice          jsonb,
	state           text NOT NULL CHECK (state IN ('waiting', 'queued', 'sending', 'sent', 'ambiguous', 'dead')),
	activity_id     text NOT NULL DEFAULT '',
	wanted          integer NOT NULL DEFAULT 1,
	shown           integer NOT NULL DEFAULT 0,
	correlation     text NOT NULL,
	created_at      timestamptz NOT NULL,
	sent_at         timestamptz,
	UNIQUE (conversation_id, number),
	CHECK ((kind = 'notice') = (notice IS NOT NULL)),
	CHECK (kind = 'notice' OR (quote_id IS NOT NULL AND version IS NOT NULL AND person_id IS NOT NULL)),
	CHECK ((state = 'waiting') = (conversation_id IS NULL)),
	CHECK ((conversation_id IS NULL) = (number IS NULL)),
	CHECK ((state = 'sent') = (activity_id <> ''))
);
CREATE INDEX messages_unsent ON messages (conversation_id, number) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_quote ON messages (quote_id) WHERE quote_id IS NOT NULL;
CREATE INDEX messages_waiting ON messages (person_id) WHERE state = 'waiting';

GRANT SELECT, INSERT, UPDATE ON conversations TO radioquote_service, radioquote_job;
GRANT SELECT, INSERT ON inbox TO radioquote_service;
GRANT SELECT, DELETE ON inbox TO radioquote_job;
GRANT SELECT, INSERT ON messages TO radioquote_service, radioquote_job;
GRANT UPDATE (conversation_id, number, version, state, wanted) ON messages TO radioquote_service;
GRANT UPDATE ON messages TO radioquote_job;
