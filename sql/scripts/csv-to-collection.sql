-- From a CSV file of documents to a collection that can be searched: embedded on this machine, indexed.
--   tidemark sql -f sql/scripts/csv-to-collection.sql
-- Lines to edit: 'path', the question at the end.
SET 'execution.runtime-mode' = 'batch';

CREATE TEMPORARY TABLE documents_csv (id BIGINT, body STRING) WITH (
  'connector' = 'filesystem',
  'path' = 'sql/scripts/documents.csv',
  'format' = 'csv'
);

CREATE MODEL IF NOT EXISTS minilm INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>) WITH ('provider' = 'tidemark-onnx');

CREATE TABLE IF NOT EXISTS documents (
  id BIGINT,
  body VARCHAR(2000),
  embedding ARRAY<FLOAT>,
  PRIMARY KEY (id) NOT ENFORCED
) WITH ('dim.embedding' = '384', 'index.embedding' = 'HNSW', 'metric.embedding' = 'COSINE');

INSERT INTO documents
SELECT id, body, AS_VECTOR(embedding)
FROM ML_PREDICT(TABLE documents_csv, MODEL minilm, DESCRIPTOR(body), MAP['async', 'true', 'max-concurrent-operations', '64'])
WHERE body IS NOT NULL AND body <> '';

CALL sys.build_index(collection => 'documents', index_rows_min => 1);

SELECT state, `rows` FROM `documents$segments`;

-- The question is embedded as the documents were; STRONG sees what was written just now.
SELECT body, score
FROM (
  SELECT AS_VECTOR(embedding) AS question
  FROM ML_PREDICT((SELECT 'How do I make a loaf?' AS text), MODEL minilm, DESCRIPTOR(text))
  WHERE embedding IS NOT NULL
), LATERAL TABLE(VECTOR_SEARCH(TABLE documents, DESCRIPTOR(embedding), question, 3, MAP['consistency', 'STRONG']))
ORDER BY score DESC;
