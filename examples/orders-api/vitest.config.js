import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.js'],
    testTimeout: 10_000,
    coverage: { provider: 'v8', include: ['src/**/*.js'], exclude: ['src/server.js'], reporter: ['text', 'json'] },
  },
});
