-- Undoes 000005.
DROP TABLE messages, inbox, conversations;
