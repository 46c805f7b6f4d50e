import { type Request, requestFault, titleOf } from '../../src/plugin-api.ts';
import { fewestFor } from './statistics.ts';

/** What is wrong with the inputs beyond their types; undefined: nothing. */
export function faultOf(o: {
  readonly requests: readonly Request[];
  readonly amount: number;
  readonly limits: { readonly p95?: number; readonly p99?: number };
  readonly hasDuration: boolean;
}): { readonly message: string; readonly hint: string } | undefined {
  const titles = new Set<string>();
  for (const request of o.requests) {
    const title = titleOf(request);
    if (titles.has(title)) return { message: `The request ${title} is there twice.`, hint: 'Name each request once.' };
    titles.add(title);
    const fault = requestFault(request);
    if (fault !== undefined) return fault;
  }
  for (const name of ['p95', 'p99'] as const) {
    const fewest = fewestFor(Number(name.slice(1)) / 100);
    if (o.limits[name] !== undefined && !o.hasDuration && o.amount < fewest) {
      return {
        message: `\`limits.${name}\` needs at least ${fewest} requests to be shown, and \`amount\` is ${o.amount}.`,
        hint: `Let \`amount\` be ${fewest} or more, or leave out \`limits.${name}\`.`,
      };
    }
  }
  return undefined;
}
