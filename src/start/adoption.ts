// What a red gate of today needs to be green and honest tomorrow: a ratchet where it has a limit, and dated waivers for the rest.
import type { NewWaiver } from './step-edit.ts';

export interface RedFinding {
  readonly code: string;
  readonly file?: string;
}
export interface RedGate {
  readonly findings: readonly RedFinding[];
  /** Its outputs that are numbers: what it measured. */
  readonly measured: Readonly<Record<string, number>>;
  /** Its limits: inputs of the same names that are set to a number. */
  readonly limits: Readonly<Record<string, number>>;
}
export interface Adoption {
  readonly waive: readonly NewWaiver[];
  readonly with: Readonly<Record<string, number>>;
  /** Codes that no waiver covers, because they say that there was nothing to judge. */
  readonly left: readonly string[];
}
export interface Terms {
  readonly until: string;
  readonly by: string;
  readonly reason: string;
}

export function adopt({ findings, measured, limits }: RedGate, terms: Terms): Adoption {
  const ratchets = new Map<string, number>();
  const waived = new Map<string, (string | undefined)[]>();
  const left = new Set<string>();
  for (const { code, file } of findings) {
    const rule = code.slice(code.indexOf('/') + 1);
    const [limit, now] = [limits[rule], measured[rule]];
    if (rule === 'nothing-examined') left.add(code);
    else if (limit !== undefined && now !== undefined && now !== limit) ratchets.set(rule, rounded(now, limit));
    else waived.set(code, [...(waived.get(code) ?? []), file]);
  }
  return { waive: [...waivers(waived, terms)], with: Object.fromEntries(ratchets), left: [...left] };
}

/** To the side on which today's value still holds, in hundredths. */
const rounded = (now: number, limit: number): number => (now < limit ? Math.floor(now * 100) : Math.ceil(now * 100)) / 100;

/** Codes that occur in the same files share a waiver. A code of which one finding has no file is waived everywhere. */
function waivers(waived: ReadonlyMap<string, readonly (string | undefined)[]>, terms: Terms): Iterable<NewWaiver> {
  const groups = new Map<string, NewWaiver>();
  for (const [code, files] of [...waived].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const named = files.filter((file) => file !== undefined);
    const within = named.length === files.length ? [...new Set(named.map(literal))].sort() : undefined;
    const key = JSON.stringify(within ?? null);
    const known = groups.get(key);
    groups.set(key, { findings: [...(known?.findings ?? []), code], ...(within === undefined ? {} : { in: within }), ...terms });
  }
  return groups.values();
}

/** A file name as a glob that means it alone: `src/[id].ts`. */
const literal = (file: string): string => file.replace(/[*?[\]{}()!+@|\\]/g, '\\$&');
