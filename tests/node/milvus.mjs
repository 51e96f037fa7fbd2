// What the tests of this folder share: one client, names of their own, and checks of an answer's status.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { ConsistencyLevelEnum, MilvusClient } from '@zilliz/milvus2-sdk-node';

const address = process.env.TIDEMARK_ADDRESS;
if (!address) {
  throw new Error('TIDEMARK_ADDRESS=host:port says where a Tidemark runs; it is not set');
}

export const client = new MilvusClient({ address });
after(() => client.closeConnection());

let names = 0;
/** A name that no other test has; files run in processes of their own. */
export const unique = prefix => `node_${prefix}_${process.pid}_${++names}`;

/** The status of an answer, wherever this SDK puts it. */
const status = answer => answer.status ?? answer;

export const ok = answer => {
  assert.equal(status(answer).code, 0, JSON.stringify(status(answer)));
  assert.equal(status(answer).error_code, 'Success', JSON.stringify(status(answer)));
  return answer;
};

/** The call is refused with this code and names these words. Some calls of the SDK throw, others answer. */
export const refused = async (code, call, ...words) => {
  let answer;
  try {
    answer = status(await call());
  } catch (e) {
    answer = { code, reason: e.message };
  }
  assert.equal(answer.code, code, JSON.stringify(answer));
  for (const word of words) {
    assert.ok(answer.reason.toLowerCase().includes(word.toLowerCase()), `'${word}' in: ${answer.reason}`);
  }
};

/**
 * For creating a collection, and for queries. A search of this SDK takes the collection's own level for Strong, whose
 * number is 0.
 */
export const strong = { consistency_level: ConsistencyLevelEnum.Strong };

/** A loaded collection with key `id`, `vector` of 2 and dynamic fields, L2. */
export const quick = async () => {
  const collection_name = unique('quick');
  ok(await client.createCollection({
    collection_name,
    dimension: 2,
    metric_type: 'L2',
    enable_dynamic_field: true,
    ...strong,
  }));
  return collection_name;
};

/** Rows with ids from…to-1, on a line. */
export const line = (from, to) =>
  Array.from({ length: to - from }, (_, i) => ({
    id: from + i, vector: [from + i, 0], parity: (from + i) % 2 ? 'odd' : 'even', square: (from + i) ** 2,
  }));

/** Keys of the rows that pass. */
export const ids = async (collection_name, filter) => {
  const answer = ok(await client.query({ collection_name, filter, output_fields: ['id'], ...strong }));
  return answer.data.map(row => row.id).sort((a, b) => Number(a) - Number(b));
};
