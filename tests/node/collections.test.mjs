import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataType, LoadState } from '@zilliz/milvus2-sdk-node';
import { client, ids, line, ok, quick, refused, unique } from './milvus.mjs';

test('the client connects and is told the version and that all is well', async () => {
  await client.connectPromise;
  assert.match(ok(await client.getVersion()).version, /2\.6/);
  assert.equal((await client.checkHealth()).isHealthy, true);
});

test('a quickly made collection is described, found, listed and dropped', async () => {
  const collection_name = await quick();
  const described = ok(await client.describeCollection({ collection_name }));
  assert.deepEqual(described.schema.fields.map(f => f.name), ['id', 'vector']);
  assert.equal(described.schema.enable_dynamic_field, true);
  assert.equal(described.consistency_level, 'Strong');
  assert.equal(ok(await client.hasCollection({ collection_name })).value, true);
  assert.ok(ok(await client.showCollections()).data.some(c => c.name === collection_name));

  ok(await client.dropCollection({ collection_name }));
  assert.equal((await client.hasCollection({ collection_name })).value, false);
  await refused(100, () => client.describeCollection({ collection_name }), collection_name);
});

test('a schema comes back as it was given', async () => {
  const collection_name = unique('schema');
  ok(await client.createCollection({
    collection_name,
    description: 'rows of a test',
    fields: [
      { name: 'key', data_type: DataType.VarChar, max_length: 40, is_primary_key: true },
      { name: 'v', data_type: DataType.FloatVector, dim: 7 },
      { name: 'count', data_type: DataType.Int16, nullable: true },
      { name: 'colour', data_type: DataType.VarChar, max_length: 9, default_value: 'red' },
      { name: 'document', data_type: DataType.JSON },
    ],
    num_partitions: undefined,
  }));
  const { schema } = ok(await client.describeCollection({ collection_name }));
  const field = name => schema.fields.find(f => f.name === name);
  assert.deepEqual(schema.fields.map(f => f.name), ['key', 'v', 'count', 'colour', 'document']);
  assert.equal(field('key').is_primary_key, true);
  assert.equal(field('key').data_type, 'VarChar');
  assert.equal(Number(field('v').dim ?? field('v').type_params.find(p => p.key === 'dim').value), 7);
  assert.equal(field('count').nullable, true);
  assert.equal(field('document').data_type, 'JSON');
});

test('a collection is renamed with its rows', async () => {
  const collection_name = await quick();
  ok(await client.insert({ collection_name, data: line(0, 3) }));
  const new_collection_name = unique('renamed');
  ok(await client.renameCollection({ collection_name, new_collection_name }));
  assert.deepEqual(await ids(new_collection_name, 'id >= 0'), ['0', '1', '2']);
  await refused(100, () => client.describeCollection({ collection_name }), collection_name);
});

test('a collection is released, loaded and refreshed', async () => {
  const collection_name = await quick();
  ok(await client.insert({ collection_name, data: line(0, 3) }));
  ok(await client.releaseCollection({ collection_name }));
  assert.equal(ok(await client.getLoadState({ collection_name })).state, LoadState.LoadStateNotLoad);
  await refused(101, () => client.query({ collection_name, filter: 'id >= 0' }), 'not loaded');
  ok(await client.loadCollectionSync({ collection_name }));
  assert.equal(ok(await client.getLoadState({ collection_name })).state, LoadState.LoadStateLoaded);
  assert.equal(ok(await client.getLoadingProgress({ collection_name })).progress, '100');
  ok(await client.refreshLoad({ collection_name }));
  assert.deepEqual(await ids(collection_name, 'id >= 0'), ['0', '1', '2']);
});

test('an index is created, described, listed and dropped', async () => {
  const collection_name = unique('index');
  ok(await client.createCollection({
    collection_name,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'v', data_type: DataType.FloatVector, dim: 2 },
    ],
  }));
  ok(await client.createIndex({
    collection_name, field_name: 'v', index_name: 'of_v', index_type: 'HNSW', metric_type: 'COSINE',
    params: { M: 24, efConstruction: 80 },
  }));
  const [index] = ok(await client.describeIndex({ collection_name, field_name: 'v' })).index_descriptions;
  const params = Object.fromEntries(index.params.map(p => [p.key, p.value]));
  assert.equal(index.index_name, 'of_v');
  assert.equal(index.state, 'Finished');
  assert.equal(params.index_type, 'HNSW');
  assert.equal(params.metric_type, 'COSINE');
  assert.deepEqual(ok(await client.listIndexes({ collection_name })).indexes, ['of_v']);
  assert.equal(ok(await client.getIndexState({ collection_name, field_name: 'v' })).state, 'Finished');
  const progress = ok(await client.getIndexBuildProgress({ collection_name, field_name: 'v' }));
  assert.equal(progress.total_rows, progress.indexed_rows);
  ok(await client.dropIndex({ collection_name, index_name: 'of_v' }));
  await refused(700, () => client.describeIndex({ collection_name, field_name: 'v' }));
});

test('partitions are created, found, listed, read and dropped', async () => {
  const collection_name = await quick();
  ok(await client.createPartition({ collection_name, partition_name: 'left' }));
  assert.equal(ok(await client.hasPartition({ collection_name, partition_name: 'left' })).value, true);
  assert.equal(ok(await client.hasPartition({ collection_name, partition_name: 'right' })).value, false);
  assert.deepEqual(
    ok(await client.showPartitions({ collection_name })).data.map(p => p.name).sort(), ['_default', 'left']);
  ok(await client.insert({ collection_name, data: line(0, 2) }));
  ok(await client.insert({ collection_name, partition_name: 'left', data: line(5, 7) }));
  const found = ok(await client.search({
    collection_name, data: [0, 0], limit: 10, partition_names: ['left'],
  }));
  assert.deepEqual(found.results.map(r => r.id), ['5', '6']);
  ok(await client.releasePartitions({ collection_name, partition_names: ['left'] }));
  ok(await client.dropPartition({ collection_name, partition_name: 'left' }));
  assert.deepEqual(await ids(collection_name, 'id >= 0'), ['0', '1']);
});

test('an alias stands for its collection', async () => {
  const collection_name = await quick();
  const other = await quick();
  const alias = unique('alias');
  ok(await client.createAlias({ collection_name, alias }));
  ok(await client.insert({ collection_name: alias, data: line(0, 2) }));
  assert.deepEqual(await ids(alias, 'id >= 0'), ['0', '1']);
  assert.equal(ok(await client.describeAlias({ collection_name, alias })).collection, collection_name);
  assert.deepEqual(ok(await client.listAliases({ collection_name })).aliases, [alias]);
  ok(await client.alterAlias({ collection_name: other, alias }));
  assert.deepEqual(await ids(alias, 'id >= 0'), []);
  ok(await client.dropAlias({ alias }));
  await refused(100, () => client.query({ collection_name: alias, filter: 'id >= 0' }), alias);
});

test('databases keep their collections apart', async () => {
  const db_name = unique('db');
  const collection_name = unique('inside');
  ok(await client.createDatabase({ db_name }));
  assert.ok(ok(await client.listDatabases()).db_names.includes(db_name));
  ok(await client.createCollection({ db_name, collection_name, dimension: 2 }));
  assert.equal(ok(await client.hasCollection({ db_name, collection_name })).value, true);
  assert.equal((await client.hasCollection({ collection_name })).value, false);
  ok(await client.dropCollection({ db_name, collection_name }));
  ok(await client.dropDatabase({ db_name }));
  assert.ok(!ok(await client.listDatabases()).db_names.includes(db_name));
  await refused(800, () => client.showCollections({ db_name }), db_name);
});
