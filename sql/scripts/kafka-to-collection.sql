-- From a Kafka topic of JSON documents to a collection: embedded on this machine, searchable a moment after.
--   tidemark sql -f sql/scripts/kafka-to-collection.sql
-- Lines to edit: the brokers, the topic, the question at the end.
-- With 'scan.bounded.mode' it ends at what is in the topic now. Without, the INSERT goes on for as long as documents
-- come and until it is interrupted; every checkpoint is then a place to go on from, and what comes twice is one row.
SET 'execution.runtime-mode' = 'streaming';
SET 'execution.checkpointing.interval' = '10 s';
-- With checkpoints Flink would otherwise retry for ever, without a word, if there is no broker.
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '2';
SET 'restart-strategy.fixed-delay.delay' = '1 s';

CREATE TEMPORARY TABLE documents_topic (id BIGINT, body STRING) WITH (
  'connector' = 'kafka',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.request.timeout.ms' = '20000',
  'properties.default.api.timeout.ms' = '20000',
  'topic' = 'documents',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'format' = 'json'
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
FROM ML_PREDICT(TABLE documents_topic, MODEL minilm, DESCRIPTOR(body), MAP['async', 'true', 'max-concurrent-operations', '64'])
WHERE body IS NOT NULL AND body <> '';

-- The coordinator builds indexes as rows gather; this one does not wait for that.
CALL sys.build_index(collection => 'documents', index_rows_min => 1);

SET 'execution.runtime-mode' = 'batch';
SELECT body, score
FROM (
  SELECT AS_VECTOR(embedding) AS question
  FROM ML_PREDICT((SELECT 'When does the sea fall?' AS text), MODEL minilm, DESCRIPTOR(text))
  WHERE embedding IS NOT NULL
), LATERAL TABLE(VECTOR_SEARCH(TABLE documents, DESCRIPTOR(embedding), question, 3, MAP['consistency', 'STRONG']))
ORDER BY score DESC;
