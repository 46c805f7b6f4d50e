import type { Manifest } from '../plugin-api.ts';
import { isFields } from './conform.ts';

const kinds = ['context', 'action', 'gate', 'service'];
const types = ['string', 'number', 'integer', 'boolean', 'array', 'map', 'json', 'object'];

/** What is wrong with the manifest of a team's plugin, in words; undefined: it can be used. Types are the author's compiler's to check. */
export function manifestFault(value: unknown, folder: string): string | undefined {
  if (!isFields(value)) return 'manifest.ts exports no `manifest`';
  const name = folder.split('/').filter(Boolean).at(-1);
  if (value.api !== 1)
    return `its manifest is written for the contract ${JSON.stringify(value.api ?? null)}, and this bexpert has the contract 1`;
  if (value.name !== name) return `its manifest is named ${JSON.stringify(value.name ?? null)}, and its folder ${name}`;
  if (typeof value.kind !== 'string' || !kinds.includes(value.kind)) return `its kind must be one of ${kinds.join(', ')}`;
  if (typeof value.summary !== 'string') return '`summary` is missing in its manifest';
  if (!Array.isArray(value.powers)) return '`powers` must be a list in its manifest';
  for (const part of ['inputs', 'outputs']) {
    const fault = schemaFault(value[part], part);
    if (fault !== undefined) return `the schemas of its manifest are wrong: ${fault}`;
    if (isFields(value[part]) && value[part].type !== 'object') return `\`${part}\` must have the type object`;
  }
  if (value.kind === 'gate' && !isFields(value.findings)) return 'a gate declares its codes in `findings`';
  return undefined;
}

/** Is a manifest, which `manifestFault` finds no fault with. */
export const isManifest = (value: unknown, folder: string): value is Manifest => manifestFault(value, folder) === undefined;

/** May stand in `auth`. */
export const makesToken = ({ kind, outputs }: Manifest): boolean =>
  kind === 'context' && Object.hasOwn(outputs.properties, 'token') && outputs.properties.token?.type === 'string';

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isNumber = (value: unknown): boolean => typeof value === 'number';
const keywords: Readonly<Record<string, { readonly what: string; readonly fits: (value: unknown) => boolean }>> = {
  enum: { what: 'a list of texts', fits: isTexts },
  required: { what: 'a list of keys', fits: isTexts },
  pattern: { what: 'a regular expression', fits: isPattern },
  minimum: { what: 'a number', fits: isNumber },
  maximum: { what: 'a number', fits: isNumber },
  minItems: { what: 'a number', fits: isNumber },
};

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') !== undefined;
  } catch {
    return false;
  }
}

function schemaFault(value: unknown, at: string): string | undefined {
  if (!isFields(value)) return `\`${at}\` is no schema`;
  if (typeof value.type !== 'string' || !types.includes(value.type)) return `\`${at}.type\` must be one of ${types.join(', ')}`;
  const wrong = Object.entries(keywords).find(([key, { fits }]) => value[key] !== undefined && !fits(value[key]));
  if (wrong !== undefined) return `\`${at}.${wrong[0]}\` must be ${wrong[1].what}`;
  if (value.type === 'array') return schemaFault(value.items, `${at}.items`);
  if (value.type === 'map') return schemaFault(value.values, `${at}.values`);
  if (value.type !== 'object') return undefined;
  if (!isFields(value.properties)) return `\`${at}.properties\` is missing`;
  for (const [name, of] of Object.entries(value.properties)) {
    const fault = schemaFault(of, `${at}.${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
