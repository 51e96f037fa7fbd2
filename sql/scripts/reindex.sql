-- Another index beside the one in use, switched to only if its recall is good. To be run by a schedule, such as cron's:
-- 0 3 * * 0  tidemark sql -f sql/scripts/reindex.sql --data /var/lib/tidemark
-- (The coordinator has schedules of its own, docs/coordinator.md; this one is for who schedules elsewhere.)
CALL sys.compact(collection => 'documents');
CALL sys.reindex(collection => 'documents', params => 'M=24,efConstruction=200', recall_min => 0.95);
CALL sys.expire(collection => 'documents');
SELECT id, kind, state, figures FROM `documents$jobs`;
-- CALL sys.`rollback`('documents') (a word of SQL's own, hence the backticks) goes back to the index before.
