-- A nearest-neighbour join: of a stream of documents, those that the collection has nothing alike of are added to it.
--   tidemark sql -f sql/scripts/csv-to-collection.sql      first, for a collection to compare with
--   tidemark sql -f sql/scripts/neighbour-join.sql
-- Lines to edit: 'path' (or the table of kafka-to-collection.sql in its place: then it goes on until it is interrupted),
-- and the score from which two documents are the same: 0.8, a cosine.
-- What comes at the same moment is compared with what is in the collection, not with each other.
SET 'execution.runtime-mode' = 'streaming';

CREATE TEMPORARY TABLE arrivals (id BIGINT, body STRING) WITH (
  'connector' = 'filesystem',
  'path' = 'sql/scripts/arrivals.csv',
  'format' = 'csv'
);

CREATE MODEL IF NOT EXISTS minilm INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>) WITH ('provider' = 'tidemark-onnx');

-- With names of its own: a search adds the collection's columns to these.
CREATE TEMPORARY VIEW arrived AS
SELECT id AS new_id, body AS new_body, AS_VECTOR(embedding) AS new_embedding
FROM ML_PREDICT(TABLE arrivals, MODEL minilm, DESCRIPTOR(body), MAP['async', 'true', 'max-concurrent-operations', '64'])
WHERE embedding IS NOT NULL;

-- Each arrival beside its neighbour.
SELECT new_id, new_body, id, body, score
FROM arrived LEFT JOIN LATERAL TABLE(
  VECTOR_SEARCH(TABLE documents, DESCRIPTOR(embedding), new_embedding, 1, MAP['async', 'true', 'consistency', 'STRONG'])) ON TRUE;

-- And into the collection, if that is no neighbour.
INSERT INTO documents
SELECT new_id, new_body, new_embedding
FROM arrived LEFT JOIN LATERAL TABLE(
  VECTOR_SEARCH(TABLE documents, DESCRIPTOR(embedding), new_embedding, 1, MAP['async', 'true', 'consistency', 'STRONG'])) ON TRUE
WHERE score IS NULL OR score < 0.8;

SET 'execution.runtime-mode' = 'batch';
SELECT id, body FROM documents ORDER BY id;
