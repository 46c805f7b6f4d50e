import { defineAction } from '../../src/plugin-api.ts';
import { manifest } from './manifest.ts';

// The SDK is loaded when a step really runs: most commands never need it.
export default defineAction(manifest, async (inputs, host, turn) => (await import('./work.ts')).work(inputs, host, turn), {
  async prices() {
    const { prices, pricesReadOn } = await import('./prices.ts');
    return { 'read-on': pricesReadOn, models: JSON.parse(JSON.stringify(prices)) };
  },
});
