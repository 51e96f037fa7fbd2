-- Time travel: a state gets a name, the collection changes, both are read and compared, the old state is restored.
--   tidemark sql -f sql/scripts/time-travel.sql
-- It makes a collection of its own and drops what it made. Lines to edit: none.
SET 'execution.runtime-mode' = 'batch';

CREATE TABLE stock (
  id BIGINT,
  title VARCHAR(100),
  price DOUBLE,
  v ARRAY<FLOAT>,
  PRIMARY KEY (id) NOT ENFORCED
) WITH ('dim.v' = '2', 'index.v' = 'HNSW', 'metric.v' = 'L2');

INSERT INTO stock VALUES
  (1, 'lamp', 40, VECTOR_PARSE('[1, 0]')),
  (2, 'chair', 90, VECTOR_PARSE('[0, 1]')),
  (3, 'table', 250, VECTOR_PARSE('[0, 2]'));

-- Everything written before it is in it; it is kept until it is dropped.
CALL sys.snapshot(collection => 'stock', name => 'before-the-sale');

INSERT INTO stock VALUES
  (1, 'lamp', 25, VECTOR_PARSE('[1, 0]')),
  (4, 'shelf', 60, VECTOR_PARSE('[2, 0]'));
DELETE FROM stock WHERE id = 3;

-- As it was: by name. An instant, such as '2026-05-04T12:00:00Z', does too, as far back as snapshots and log are kept.
SELECT id, title, price FROM stock /*+ OPTIONS('scan.as-of' = 'before-the-sale') */ ORDER BY id;

-- What has changed since.
SELECT
  COALESCE(was.id, is_now.id) AS id,
  was.price AS price_before,
  is_now.price AS price_now,
  CASE WHEN was.id IS NULL THEN 'added' WHEN is_now.id IS NULL THEN 'removed' ELSE 'changed' END AS what
FROM stock /*+ OPTIONS('scan.as-of' = 'before-the-sale') */ AS was
FULL OUTER JOIN stock AS is_now ON was.id = is_now.id
WHERE was.id IS NULL OR is_now.id IS NULL OR was.price <> is_now.price OR was.title <> is_now.title
ORDER BY id;

-- A search in the past: the table is still there.
SELECT id, title, score
FROM TABLE(VECTOR_SEARCH(TABLE stock, DESCRIPTOR(v), VECTOR_PARSE('[0, 2]'), 1, MAP['as-of', 'before-the-sale']));

-- States that can be read.
SELECT name, operation, `rows` FROM `stock$snapshots`;

-- Restored beside the present one, with rows and indexes of its own. In its place: DROP TABLE stock, ALTER TABLE … RENAME TO stock.
CALL sys.snapshot(collection => 'stock', name => 'before-the-sale', action => 'restore', as_collection => 'stock_before');
SELECT id, title, price FROM stock_before ORDER BY id;

DROP TABLE stock_before;
DROP TABLE stock;
