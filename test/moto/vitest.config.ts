import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The tests that `npm run test:moto` runs once its server is up. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/moto/**/*.itg.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
