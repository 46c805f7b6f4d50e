// From a name to the expression that it was set to, through files: what is called and with what, where a value alone says too little.
import type { Node } from 'oxc-parser';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { exportsOf } from '../../../ecma/exports.ts';
import { bare, nameOf, propertyName } from '../../../ecma/node.ts';

export interface Written {
  readonly unit: EcmaUnit;
  readonly node: Node;
}
const furthest = 20;

/** The expression itself where it is no name; undefined: a package's, or known only while the program runs. */
export function writtenAt(reading: Reading, at: Written, depth = 0): Written | undefined {
  if (depth > furthest) return undefined;
  const { unit } = at;
  const node = bare(at.node);
  if (node.type === 'MemberExpression') {
    const name = propertyName(node);
    return name === undefined ? undefined : memberOf(reading, { unit, node: node.object }, name, depth + 1);
  }
  if (node.type !== 'Identifier') return { unit, node };
  const declaration = reading.js.declarationOf(unit, node);
  switch (declaration?.kind) {
    case 'function':
    case 'class':
      return { unit, node: declaration.node };
    case 'value': {
      const [name, ...rest] = declaration.path;
      if (name === undefined) return writtenAt(reading, { unit, node: declaration.node }, depth + 1);
      return rest.length > 0 ? undefined : memberOf(reading, { unit, node: declaration.node }, name, depth + 1);
    }
    case 'import': {
      const file = reading.js.resolve(unit.file, declaration.from);
      return file === undefined ? undefined : exported(reading, file, declaration.name, depth + 1);
    }
    default:
      return undefined;
  }
}

/** What a file exports under a name. */
export function exported(reading: Reading, file: string, name: string, depth = 0): Written | undefined {
  const unit = depth > furthest ? undefined : reading.ecma(file);
  if (unit === undefined) return undefined;
  const { names, all } = exportsOf(unit);
  const found = names.get(name);
  if (found?.kind === 'node') return writtenAt(reading, { unit, node: found.node }, depth + 1);
  const next = (from: string, as: string): Written | undefined => {
    const target = reading.js.resolve(file, from);
    return target === undefined ? undefined : exported(reading, target, as, depth + 1);
  };
  if (found?.kind === 'elsewhere') return next(found.from, found.name);
  for (const from of all) {
    const there = next(from, name);
    if (there !== undefined) return there;
  }
  return undefined;
}

function memberOf(reading: Reading, object: Written, name: string, depth: number): Written | undefined {
  const node = bare(object.node);
  const declaration = node.type === 'Identifier' ? reading.js.declarationOf(object.unit, node) : undefined;
  if (declaration?.kind === 'import' && declaration.name === '*') {
    const file = reading.js.resolve(object.unit.file, declaration.from);
    return file === undefined ? undefined : exported(reading, file, name, depth);
  }
  const whole = writtenAt(reading, object, depth);
  if (whole?.node.type !== 'ObjectExpression') return undefined;
  const property = whole.node.properties.findLast((one) => one.type === 'Property' && !one.computed && nameOf(one.key) === name);
  return property?.type === 'Property' ? writtenAt(reading, { unit: whole.unit, node: property.value }, depth + 1) : undefined;
}
