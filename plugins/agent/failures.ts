// What errors of the service mean for the step.
import Anthropic from '@anthropic-ai/sdk';
import { isPluginError, pluginError } from '../../src/plugin-api.ts';

export type Failure =
  /** Send the same request again: the answer broke off or could not be read. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** The service does not answer now; no fault of the work. `billed`: tokens may have been used. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly billed: boolean }
  | { readonly kind: 'budget'; readonly reason: string };

const said = (error: Error): string => error.message.slice(0, 500);

/** Sorts an error. Throws a PluginError for what a person must mend, and on everything that is no failure of the service. */
export function failureOf(error: unknown, model: string): Failure {
  if (isPluginError(error) && error.code === 'budget/spent') return { kind: 'budget', reason: error.message };
  if (error instanceof Anthropic.APIUserAbortError || !(error instanceof Anthropic.AnthropicError)) throw error;
  if (error instanceof Anthropic.AuthenticationError || error instanceof Anthropic.PermissionDeniedError) {
    throw pluginError({
      code: 'agent/not-allowed',
      message: `The model service refused the key: ${said(error)}`,
      hint: 'Check ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL.',
      cause: error,
    });
  }
  if (error instanceof Anthropic.NotFoundError) {
    throw pluginError({
      code: 'agent/no-model',
      message: `The model service does not know the model ${model}: ${said(error)}`,
      hint: 'Name another with `model:` in the step, or check ANTHROPIC_BASE_URL.',
      cause: error,
    });
  }
  if (error instanceof Anthropic.RateLimitError || error instanceof Anthropic.InternalServerError) {
    return { kind: 'unavailable', reason: `The model service answers ${error.status}: ${said(error)}`, billed: false };
  }
  if (error instanceof Anthropic.APIConnectionError) {
    return { kind: 'unavailable', reason: `The model service cannot be reached: ${said(error)}`, billed: false };
  }
  if (error instanceof Anthropic.APIError) {
    // An error inside of a stream has no status: the service broke off after it had begun to answer.
    if (error.status === undefined) return { kind: 'broken', reason: said(error) };
    throw pluginError({
      code: 'agent/refused-request',
      message: `The model service refused the request with ${error.status}: ${said(error)}`,
      hint: error.status === 402 ? 'Add credit to the account.' : 'Check `model`, `effort` and `max-output-tokens` of the step.',
      cause: error,
    });
  }
  return { kind: 'broken', reason: said(error) };
}
