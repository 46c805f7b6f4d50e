// From an import to what it names, through files that pass it on.
import type { Value } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';
import { type Asking, furthest } from './asking.ts';
import { exportsOf } from './exports.ts';
import { meaningOf, propertyOf } from './values.ts';

interface Import {
  readonly unit: EcmaUnit;
  /** Undefined: this file itself. */
  readonly from: string | undefined;
  /** `default`, `*` or an exported name. */
  readonly name: string;
  readonly depth: number;
}

export function imported(asking: Asking, o: Import): Value | undefined {
  if (o.depth > furthest || !asking.step()) return undefined;
  const file = o.from === undefined ? o.unit.file : asking.sources.resolve(o.unit.file, o.from);
  if (file === undefined) {
    if (o.from === undefined || /^(\.|\/)/.test(o.from)) return undefined;
    return { kind: 'external', from: o.from.replace(/^node:/, ''), name: o.name };
  }
  const unit = asking.sources.unit(file);
  if (unit === undefined) return undefined;
  const depth = o.depth + 1;
  if (o.name === '*') return { kind: 'namespace', unit };
  const { names, all } = exportsOf(unit);
  const found = names.get(o.name);
  if (found?.kind === 'node') return meaningOf(asking, unit, found.node, depth);
  if (found?.kind === 'elsewhere') return imported(asking, { unit, from: found.from, name: found.name, depth });
  let passed: Value | undefined;
  for (const from of all) {
    const value = imported(asking, { unit, from, name: o.name, depth });
    // A package that is passed on whole may have any name.
    if (value !== undefined && (value.kind !== 'external' || all.length === 1)) return value;
    if (value !== undefined && asking.sources.resolve(unit.file, from) !== undefined) passed ??= value;
  }
  if (passed !== undefined) return passed;
  const whole = names.get('default');
  // CommonJS: the whole is what an `import x from` gives, and the names are properties of what module.exports is.
  if (o.name === 'default')
    return whole === undefined && names.size > 0 && isCommonJs(unit) ? { kind: 'namespace', unit } : undefined;
  const value = whole?.kind === 'node' ? meaningOf(asking, unit, whole.node, depth) : undefined;
  return value === undefined ? undefined : propertyOf(asking, value, o.name, depth);
}

const isCommonJs = (unit: EcmaUnit): boolean =>
  !unit.facts.imports.some(({ kind }) => kind === 'import') && unit.text.includes('exports.');
