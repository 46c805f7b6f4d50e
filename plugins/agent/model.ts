// Which model fills the step, and what it can do.
import type Anthropic from '@anthropic-ai/sdk';
import type { ModelInfo } from '@anthropic-ai/sdk/resources/models';
import { pluginError, type Turn } from '../../src/plugin-api.ts';
import { priceOf } from './cost.ts';
import { defaultModel, mostOutputTokens } from './defaults.ts';

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';
export interface Model {
  readonly name: string;
  readonly mostOutputTokens: number;
  readonly thinks: boolean;
  readonly strictTools: boolean;
}

/** Asks the service what the model can do. Services that do not say are taken to be able to do everything but strict tools. */
export async function lookUpModel(options: {
  readonly client: Anthropic;
  readonly wanted: string | undefined;
  readonly effort: Effort | undefined;
  readonly budget: Turn['budget'];
  readonly signal: AbortSignal;
}): Promise<Model> {
  const { client, effort, budget } = options;
  const name = options.wanted ?? defaultModel;
  if (budget.left.usd !== undefined && priceOf(name, 0) === undefined) {
    throw pluginError({
      code: 'agent/no-price',
      message: `The budget is in dollars, and the price of the model ${name} is not known.`,
      hint: 'Give the budget in `tokens`, or name a model whose price is known: `bexpert plugins agent` lists them.',
    });
  }
  let info: ModelInfo | undefined;
  try {
    info = await client.models.retrieve(name, {}, { signal: options.signal, maxRetries: 0 });
  } catch {
    options.signal.throwIfAborted();
    // Gateways often have no such route; the first request tells whether the model is there.
  }
  const can = info?.capabilities ?? undefined;
  if (effort !== undefined && can !== undefined && can.effort[effort]?.supported !== true) {
    throw pluginError({
      code: 'agent/no-effort',
      message: `The model ${name} does not take effort ${effort}.`,
      hint: 'Choose another effort or another model, or leave `effort` out.',
    });
  }
  return {
    name,
    mostOutputTokens: info?.max_tokens ?? mostOutputTokens,
    thinks: can?.thinking.types.adaptive.supported ?? true,
    strictTools: can?.structured_outputs.supported ?? false,
  };
}
