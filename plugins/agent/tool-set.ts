import { createHash } from 'node:crypto';
import type { BetaRunnableTool } from '@anthropic-ai/sdk/lib/tools/BetaRunnableTool';
import { ToolError } from '@anthropic-ai/sdk/lib/tools/ToolError';
import type { Json, Tools } from '../../src/plugin-api.ts';

/** The tools of the step as the SDK runs them. */
export interface ToolSet {
  readonly tools: readonly BetaRunnableTool<Json>[];
  /** What was thrown in a call and is no answer: the SDK would make it one. */
  readonly fault: unknown;
  /** How often each call of this attempt, with its answer, occurred. */
  readonly repeats: Readonly<Record<string, number>>;
}

export function toolSet(options: {
  readonly tools: Tools;
  readonly strict: boolean;
  readonly repeats: Readonly<Record<string, number>>;
  readonly called: (name: string, input: Json) => void;
}): ToolSet {
  const repeats: Record<string, number> = { ...options.repeats };
  let fault: unknown;
  const tools = options.tools.specs.map(
    ({ name, description, inputSchema }): BetaRunnableTool<Json> => ({
      name,
      description,
      input_schema: { ...inputSchema, type: 'object' },
      ...(options.strict ? { strict: true } : {}),
      // The tools check their input themselves and answer what is wrong with it.
      parse: (content) => content as Json,
      run: async (input) => {
        options.called(name, input);
        let answer: Awaited<ReturnType<Tools['call']>>;
        try {
          answer = await options.tools.call(name, input);
        } catch (error) {
          fault ??= error;
          throw error;
        }
        const key = createHash('sha256')
          .update(JSON.stringify([name, input, answer.content]))
          .digest('hex')
          .slice(0, 16);
        repeats[key] = (repeats[key] ?? 0) + 1;
        if (answer.isError) throw new ToolError(answer.content);
        return answer.content;
      },
    }),
  );
  return {
    tools,
    repeats,
    get fault() {
      return fault;
    },
  };
}
