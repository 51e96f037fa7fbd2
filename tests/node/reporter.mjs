// One JSON line per finished test, for the JUnit class that runs these tests.
export default async function* (source) {
  for await (const { type, data } of source) {
    if ((type === 'test:pass' || type === 'test:fail') && data.details?.type !== 'suite') {
      const error = data.details?.error;
      yield JSON.stringify({
        name: data.name,
        file: data.file ?? '',
        passed: type === 'test:pass',
        skipped: data.skip !== undefined,
        message: error ? String(error.cause?.stack ?? error.stack ?? error) : '',
      }) + '\n';
    }
  }
}
