import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { RRFRanker, WeightedRanker } from '@zilliz/milvus2-sdk-node';
import { client, line, ok, quick, refused, strong, unique } from './milvus.mjs';

let collection_name;
before(async () => {
  collection_name = await quick();
  ok(await client.insert({ collection_name, data: line(0, 10) }));
  ok(await client.flushSync({ collection_names: [collection_name] }));
  ok(await client.insert({ collection_name, data: line(10, 20) }));
});

const search = async more =>
  ok(await client.search({ collection_name, data: [0, 0], limit: 3, ...strong, ...more })).results;

test('the nearest come first, with their scores and fields', async () => {
  const hits = await search({ data: [12.2, 0], output_fields: ['id', 'parity', 'vector'] });
  assert.deepEqual(hits.map(hit => hit.id), ['12', '13', '11']);
  assert.ok(Math.abs(hits[0].score - 0.04) < 1e-4);
  assert.equal(hits[0].parity, 'even');
  assert.deepEqual(hits[0].vector, [12, 0]);
});

test('several queries are answered in their order', async () => {
  const results = await search({ data: [[19, 0], [0, 0]], limit: 2 });
  assert.deepEqual(results.map(hits => hits.map(hit => hit.id)), [['19', '18'], ['0', '1']]);
});

test('offset, filter, templates and all fields', async () => {
  assert.deepEqual((await search({ offset: 5 })).map(hit => hit.id), ['5', '6', '7']);
  assert.deepEqual((await search({ filter: 'parity == "odd"' })).map(hit => hit.id), ['1', '3', '5']);
  assert.deepEqual(
    (await search({ filter: 'id in {some}', exprValues: { some: [4, 15] } })).map(hit => hit.id), ['4', '15']);
  assert.equal((await search({ limit: 1, output_fields: ['*'] }))[0].$meta.square, 0);
  assert.deepEqual(await search({ filter: 'id > 1000' }), []);
});

test('a range bounds the scores', async () => {
  const hits = await search({ limit: 20, params: { radius: 25, range_filter: 4 } });
  assert.deepEqual(hits.map(hit => hit.id), ['2', '3', '4']);
});

test('cosine and inner product score as they should', async () => {
  for (const [metric_type, expected] of [['COSINE', 0.96], ['IP', 24]]) {
    const name = unique(metric_type.toLowerCase());
    ok(await client.createCollection({ collection_name: name, dimension: 2, metric_type, ...strong }));
    ok(await client.insert({ collection_name: name, data: [{ id: 1, vector: [3, 4] }] }));
    const [hit] = await search({ collection_name: name, data: [4, 3], limit: 1 });
    assert.ok(Math.abs(hit.score - expected) < 1e-5, `${metric_type}: ${hit.score}`);
  }
});

test('a hybrid search fuses the hits of several', async () => {
  const hybrid = async (rerank, more) =>
    ok(await client.hybridSearch({
      collection_name,
      data: [
        { anns_field: 'vector', data: [0, 0] },
        { anns_field: 'vector', data: [3, 0], expr: 'parity == "odd"', ...more },
      ],
      rerank,
      limit: 3,
      output_fields: ['id', 'parity'],
      ...strong,
    })).results;
  // Of the first 0, 1, 2; of the second 3, then 1 and 5, which are as near.
  const ranked = await hybrid(RRFRanker(60));
  assert.deepEqual(ranked.map(hit => hit.id), ['1', '0', '3']);
  assert.ok(Math.abs(ranked[0].score - 2 / 62) < 1e-6);
  assert.equal(ranked[0].parity, 'odd');
  const weighted = await hybrid(WeightedRanker([0, 1]));
  assert.deepEqual(weighted.map(hit => hit.id), ['0', '2', '3'], 'distances of 0, all of them');
  await refused(1100, () => client.hybridSearch({
    collection_name, data: [{ anns_field: 'vector', data: [0, 0] }], rerank: WeightedRanker([1, 1]), limit: 3,
  }), 'expected=1', 'actual=2');
});

test('what is wrong is refused with its code', async () => {
  const bad = more => client.search({ collection_name, data: [0, 0], limit: 3, ...more });
  await refused(1100, () => bad({ limit: 16385 }), '16384');
  await refused(1100, () => bad({ filter: 'id >' }));
  await refused(1100, () => bad({ data: [1, 2, 3] }));
  await refused(1100, () => bad({ metric_type: 'IP' }), 'metric');
  await refused(200, () => bad({ partition_names: ['nowhere'] }), 'nowhere');
  await refused(100, () => client.search({ collection_name: 'never_was', data: [0, 0], limit: 1 }));
});
