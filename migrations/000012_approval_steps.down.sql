-- Decisions on the way are in the audit log as well.
DROP TABLE approval_steps;
