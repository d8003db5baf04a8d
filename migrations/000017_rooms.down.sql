-- Cards in rooms are forgotten: nothing updates them any more.
DROP FUNCTION may_see;
DROP TABLE shares, room_people;
DELETE FROM messages WHERE kind IN ('room', 'sealed');
ALTER TABLE messages
	DROP CONSTRAINT messages_kind_check,
	DROP CONSTRAINT messages_check,
	DROP CONSTRAINT messages_check1,
	ADD CONSTRAINT messages_kind_check CHECK (kind IN ('quote', 'approval', 'notice')),
	ADD CONSTRAINT messages_check CHECK ((kind = 'notice') = (notice IS NOT NULL)),
	ADD CONSTRAINT messages_check1 CHECK (kind = 'notice' OR (quote_id IS NOT NULL AND version IS NOT NULL AND person_id IS NOT NULL));
