-- What a conversation is about is each person's own: in a group chat "make it 45" is about
-- the quote of who writes it. A question that waits for its answer, or the last list, is
-- kept with it, and both end by themselves. conversations.active_quote is not written any
-- more and goes with a later release.
CREATE TABLE dialogues (
	conversation_id bigint NOT NULL REFERENCES conversations,
	person_id       bigint NOT NULL REFERENCES people,
	active_quote    bigint REFERENCES quotes,
	active_until    timestamptz,
	pending         text NOT NULL DEFAULT '',      -- the act that was asked about; '' for a list
	asked           jsonb,                         -- the command that the answer completes
	choices         jsonb NOT NULL DEFAULT '[]',
	asked_until     timestamptz,
	PRIMARY KEY (conversation_id, person_id),
	CHECK ((active_quote IS NULL) = (active_until IS NULL)),
	CHECK (asked_until IS NOT NULL OR (pending = '' AND asked IS NULL AND choices = '[]'))
);
ALTER TABLE dialogues ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON dialogues TO radioquote_service USING (person_id = (SELECT actor()));
GRANT SELECT, INSERT, UPDATE ON dialogues TO radioquote_service;

-- The language and the formats that somebody writes in, by what Teams says (BCP 47).
ALTER TABLE conversations ADD COLUMN locale text NOT NULL DEFAULT '' CHECK (length(locale) <= 35);
