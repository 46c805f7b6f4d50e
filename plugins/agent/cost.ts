import type { BetaUsage } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { type Price, prices } from './prices.ts';

export interface Spend {
  readonly tokens: number;
  readonly usd: number;
}
interface Counted {
  readonly input: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
  readonly output: number;
}

/** The price of a request with so long a prompt; dated names of a model (`…-20251001`) have the price of the name. */
export function priceOf(model: string, promptTokens: number): Price | undefined {
  const tariff = prices[model] ?? prices[model.replace(/-\d{8}$/, '')];
  return tariff?.long !== undefined && promptTokens > tariff.long.above ? tariff.long : tariff;
}

function cost(model: string, { input, cacheWrite, cacheRead, output }: Counted): Spend {
  const prompt = input + cacheWrite + cacheRead;
  const price = priceOf(model, prompt);
  const usd =
    price === undefined
      ? 0
      : (input * price.input + cacheWrite * price.cacheWrite + cacheRead * price.cacheRead + output * price.output) / 1e6;
  return { tokens: prompt + output, usd };
}

/** Nothing of the prompt cached before, all of it written to the cache, and a reply as long as it may be. */
export const worstCase = (model: string, promptTokens: number, outputTokens: number): Spend =>
  cost(model, { input: 0, cacheWrite: promptTokens, cacheRead: 0, output: outputTokens });

export const promptTokens = (usage: BetaUsage): number =>
  usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);

export const actualCost = (model: string, usage: BetaUsage): Spend =>
  cost(model, {
    input: usage.input_tokens,
    cacheWrite: usage.cache_creation_input_tokens ?? 0,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    output: usage.output_tokens,
  });

/** More tokens than a text can have: three bytes each; ordinary code has about four. */
export const mostTokens = (value: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 3);
