// Dollars per million tokens, from https://platform.claude.com/docs/en/about-claude/pricing and the overview pages of the models there,
// read on 2026-11-25. A model that is not here has no price that is known: a budget in dollars is refused for it.

export interface Price {
  readonly input: number;
  readonly output: number;
  /** Of a prompt prefix that is kept for 5 minutes. */
  readonly cacheWrite: number;
  readonly cacheRead: number;
}
interface Tariff extends Price {
  /** What every token of a request costs whose prompt, cache included, is longer. */
  readonly long?: Price & { readonly above: number };
}

const opus5: Tariff = { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 };
const sonnet4: Tariff = { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0.3 };
const fable5: Tariff = { input: 10, output: 50, cacheWrite: 12.5, cacheRead: 1 };
const fable51: Tariff = { ...fable5, cacheRead: 0.25 };
const haiku45: Tariff = { input: 1, output: 5, cacheWrite: 1.25, cacheRead: 0.1 };

export const pricesReadOn = '2026-11-25';
export const prices: Readonly<Record<string, Tariff>> = {
  'claude-fable-5-1': fable51,
  'claude-mythos-5-1': fable51,
  'claude-fable-5': fable5,
  'claude-mythos-5': fable5,
  'claude-opus-5-5': { input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 },
  'claude-opus-5': opus5,
  'claude-opus-4-8': opus5,
  'claude-opus-4-7': opus5,
  'claude-opus-4-6': opus5,
  'claude-opus-4-5': opus5,
  'claude-sonnet-5-5': { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 },
  'claude-sonnet-5': { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.2 },
  'claude-sonnet-4-6': sonnet4,
  'claude-sonnet-4-5': sonnet4,
  'claude-haiku-5-5': {
    input: 0.1,
    output: 0.5,
    cacheWrite: 0.125,
    cacheRead: 0.01,
    long: { above: 100_000, input: 0.5, output: 2.5, cacheWrite: 0.625, cacheRead: 0.05 },
  },
  'claude-haiku-4-5': haiku45,
};
