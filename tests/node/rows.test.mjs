import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataType } from '@zilliz/milvus2-sdk-node';
import { client, ids, line, ok, quick, refused, strong, unique } from './milvus.mjs';

test('rows are inserted, counted, read by key and by filter', async () => {
  const collection_name = await quick();
  const inserted = ok(await client.insert({ collection_name, data: line(0, 20) }));
  assert.equal(inserted.insert_cnt, '20');
  assert.deepEqual(inserted.IDs.int_id.data.map(String), line(0, 20).map(row => String(row.id)));
  assert.equal(ok(await client.count({ collection_name, ...strong })).data, 20);
  assert.equal(ok(await client.count({ collection_name, expr: 'square > 100', ...strong })).data, 9);
  assert.deepEqual(await ids(collection_name, 'parity == "odd" and id < 6'), ['1', '3', '5']);

  const got = ok(await client.get({ collection_name, ids: [3, '7', 99], output_fields: ['*'], ...strong })).data;
  assert.deepEqual(got.map(row => row.id).sort(), ['3', '7']);
  const seven = got.find(row => row.id === '7');
  assert.deepEqual(seven.vector, [7, 0]);
  assert.deepEqual(seven.$meta, { parity: 'odd', square: 49 });
});

test('a query pages with limit and offset, and may be empty', async () => {
  const collection_name = await quick();
  ok(await client.insert({ collection_name, data: line(0, 20) }));
  const page = ok(await client.query({
    collection_name, filter: 'id >= 0', limit: 4, offset: 8, output_fields: ['id'], ...strong,
  }));
  assert.deepEqual(page.data.map(row => row.id), ['8', '9', '10', '11']);
  const empty = ok(await client.query({ collection_name, filter: 'id > 100', output_fields: ['*'], ...strong }));
  assert.deepEqual(empty.data, []);
});

test('filters take templates', async () => {
  const collection_name = await quick();
  ok(await client.insert({ collection_name, data: line(0, 20) }));
  const found = ok(await client.query({
    collection_name, filter: 'id in {some} and parity == {parity}',
    exprValues: { some: [1, 2, 3], parity: 'odd' }, output_fields: ['id'], ...strong,
  }));
  assert.deepEqual(found.data.map(row => row.id), ['1', '3']);
});

test('rows are upserted and deleted by keys and by filter', async () => {
  const collection_name = await quick();
  ok(await client.insert({ collection_name, data: line(0, 10) }));
  const upserted = ok(await client.upsert({
    collection_name, data: [{ id: 3, vector: [30, 30], parity: 'none' }, { id: 50, vector: [50, 0] }],
  }));
  assert.equal(upserted.upsert_cnt, '2');
  assert.deepEqual(await ids(collection_name, 'parity == "none"'), ['3']);
  ok(await client.delete({ collection_name, ids: [0, '1'] }));
  ok(await client.delete({ collection_name, filter: 'id >= 5 and id < 50' }));
  assert.deepEqual(await ids(collection_name, 'id >= 0'), ['2', '3', '4', '50']);
  assert.equal(ok(await client.flushSync({ collection_names: [collection_name] })).flushed, true);
  assert.deepEqual(await ids(collection_name, 'id >= 0'), ['2', '3', '4', '50']);
  const stats = ok(await client.getCollectionStatistics({ collection_name }));
  assert.equal(stats.data.row_count, '4');
});

test('numbers beyond 2^53 and every other type come back as they went in', async () => {
  const collection_name = unique('types');
  ok(await client.createCollection({
    collection_name,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'v', data_type: DataType.FloatVector, dim: 2 },
      { name: 'flag', data_type: DataType.Bool, nullable: true },
      { name: 'i8', data_type: DataType.Int8, nullable: true },
      { name: 'i16', data_type: DataType.Int16, nullable: true },
      { name: 'i32', data_type: DataType.Int32, nullable: true },
      { name: 'i64', data_type: DataType.Int64, nullable: true },
      { name: 'f32', data_type: DataType.Float, nullable: true },
      { name: 'f64', data_type: DataType.Double, nullable: true },
      { name: 'text', data_type: DataType.VarChar, max_length: 50, nullable: true },
      { name: 'doc', data_type: DataType.JSON, nullable: true },
    ],
    index_params: [{ field_name: 'v', index_type: 'AUTOINDEX', metric_type: 'L2' }],
  }));
  ok(await client.loadCollectionSync({ collection_name }));
  const full = {
    id: '9007199254740993', v: [0.5, -1], flag: true, i8: -128, i16: 32767, i32: -2147483648,
    i64: '9223372036854775807', f32: 1.5, f64: Math.PI, text: 'größer 雪', doc: { a: [1, 'x', null], b: { c: true } },
  };
  ok(await client.insert({ collection_name, data: [full, { id: '2', v: [1, 2] }] }));
  const rows = ok(await client.query({
    collection_name, filter: 'id > 0', output_fields: ['*'], ...strong,
  })).data;
  assert.deepEqual({ ...rows.find(row => row.id === full.id) }, full);
  const empty = rows.find(row => row.id === '2');
  for (const field of ['flag', 'i8', 'i16', 'i32', 'i64', 'f32', 'f64', 'text', 'doc']) {
    assert.equal(empty[field], null, field);
  }
  assert.deepEqual(await ids(collection_name, 'i64 == 9223372036854775807'), [full.id]);
});

test('automatic keys come back', async () => {
  const collection_name = unique('auto');
  ok(await client.createCollection({ collection_name, dimension: 2, auto_id: true, metric_type: 'L2' }));
  const inserted = ok(await client.insert({ collection_name, data: [{ vector: [1, 2] }, { vector: [3, 4] }] }));
  const keys = inserted.IDs.int_id.data.map(String);
  assert.equal(new Set(keys).size, 2);
  assert.deepEqual(await ids(collection_name, 'id > 0'), keys.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)));
});

test('vectors of halves and bytes are written, searched and read', async () => {
  const collection_name = unique('narrow');
  ok(await client.createCollection({
    collection_name,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'half', data_type: DataType.Float16Vector, dim: 2 },
      { name: 'brain', data_type: DataType.BFloat16Vector, dim: 2 },
      { name: 'bytes', data_type: DataType.Int8Vector, dim: 2 },
    ],
    index_params: [
      { field_name: 'half', index_type: 'AUTOINDEX', metric_type: 'L2' },
      { field_name: 'brain', index_type: 'AUTOINDEX', metric_type: 'IP' },
      { field_name: 'bytes', index_type: 'AUTOINDEX', metric_type: 'L2' },
    ],
    ...strong,
  }));
  ok(await client.loadCollectionSync({ collection_name }));
  const data = [1, 2, 3].map(id => ({ id, half: [id, 0.5], brain: [id, -0.5], bytes: [id, -128] }));
  ok(await client.insert({ collection_name, data }));
  const got = ok(await client.query({
    collection_name, filter: 'id == 2', output_fields: ['half', 'brain', 'bytes'], ...strong,
  })).data[0];
  assert.deepEqual([...got.half], [2, 0.5]);
  assert.deepEqual([...got.brain], [2, -0.5]);
  // This SDK gives bytes back without their sign.
  assert.deepEqual([...Int8Array.from(got.bytes)], [2, -128]);
  const nearest = async (anns_field, vector) =>
    ok(await client.search({ collection_name, anns_field, data: vector, limit: 1, output_fields: ['id'] })).results[0].id;
  assert.equal(await nearest('half', [3, 0.5]), '3');
  assert.equal(await nearest('brain', [1, 0]), '3');
  assert.equal(await nearest('bytes', [1, -128]), '1');
});

test('rows that do not fit are refused whole', async () => {
  const collection_name = await quick();
  await refused(1100, () => client.insert({ collection_name, data: [{ id: 1, vector: [1, 2] }, { id: 2, vector: [1, 2, 3] }] }));
  assert.deepEqual(await ids(collection_name, 'id >= 0'), []);
});
