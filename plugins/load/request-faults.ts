import { fewestFor } from './statistics.ts';
import { type Request, titleOf } from './targets.ts';

const placeholders = (text: string): readonly string[] => [...text.matchAll(/\{(\w[\w-]*)\}/g)].map(([, name]) => name ?? '');

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
    const known = Object.keys(request.values);
    const unknown = placeholders(request.path).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      return {
        message: `The request ${title} has {${unknown}} in its path and no value of that name.`,
        hint: `Add \`values: { ${unknown}: { from: 1, to: 100 } }\`.`,
      };
    }
    const texts = [request.path, ...Object.values(request.headers), JSON.stringify(request.body ?? '')].join(' ');
    const unused = known.find((name) => !placeholders(texts).includes(name));
    if (unused !== undefined) {
      return {
        message: `Nothing in the request ${title} uses its value ${unused}.`,
        hint: `Write {${unused}} where it belongs.`,
      };
    }
    const backwards = Object.entries(request.values).find(([, { from, to }]) => from > to);
    if (backwards !== undefined) {
      return {
        message: `The value ${backwards[0]} of ${title} goes from ${backwards[1].from} to ${backwards[1].to}.`,
        hint: 'Let `from` be the smaller one.',
      };
    }
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
