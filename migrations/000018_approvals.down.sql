-- Who stood in for whom, what was proved, and what was proposed is forgotten. A version that
-- was sent back for changes counts as rejected.
DROP POLICY visible ON quotes;
CREATE POLICY visible ON quotes TO radioquote_service USING (
	owner_id = (SELECT actor())
	OR team = (SELECT p.team FROM people p WHERE p.id = (SELECT actor()) AND p.team <> '' AND p.roles && ARRAY['rep', 'sales_manager'])
	OR owner_id IN (SELECT reports_of(p.id) FROM people p WHERE p.id = (SELECT actor()) AND NOT 'admin' = ANY (p.roles))
	OR (SELECT p.roles && ARRAY['finance', 'vp', 'owner', 'engineering', 'auditor'] FROM people p WHERE p.id = (SELECT actor())));
CREATE OR REPLACE FUNCTION may_see(person bigint, quote bigint) RETURNS boolean
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
DROP FUNCTION guest_at;
DROP TABLE policies_in_force, proposals, heartbeats, nudges, shown_cards, step_ups, absences, delegations, consults, approval_requests;
ALTER TABLE quote_versions DROP COLUMN setters, DROP COLUMN customer_waits;
UPDATE decisions SET action = 'reject' WHERE action = 'request_changes';
ALTER TABLE decisions
	DROP COLUMN for_id,
	DROP COLUMN offer,
	DROP CONSTRAINT decisions_action_check,
	ADD CONSTRAINT decisions_action_check CHECK (action IN ('approve', 'reject'));
ALTER TABLE approval_steps
	DROP COLUMN for_id,
	DROP COLUMN carried_from,
	DROP COLUMN same_person;
REVOKE INSERT ON approval_steps FROM radioquote_job;
