import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests run from the sources: the same condition is given to tsc and esbuild.
const conditions = ['@tcplab/source', 'module', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    // Properties take as much longer as they are told to do more.
    testTimeout: 60_000 * Number(process.env['FUZZ_FACTOR'] ?? '1'),
    hookTimeout: 60_000,
    // Files share one realm per thread: nothing in them changes what another sees, and importing the
    // product anew for each of them would take longer than the tests.
    pool: 'threads',
    isolate: false,
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
