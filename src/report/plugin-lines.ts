import type { Manifest, ObjectSchema, Schema } from '../plugin-api.ts';
import type { Ink } from './ink.ts';
import { formatLength } from './quantity.ts';

const kinds = ['context', 'action', 'gate', 'service'] as const;

/** All plugins, by kind. */
export function pluginListLines(manifests: readonly Manifest[], ink: Ink): string[] {
  const width = Math.max(0, ...manifests.map((manifest) => manifest.name.length));
  return kinds.flatMap((kind) => {
    const group = manifests.filter((manifest) => manifest.kind === kind);
    if (group.length === 0) return [];
    return [ink.bold(kind), ...group.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)];
  });
}

/** How a value of a schema is written in a playbook: "percent", "list of glob", "one of lines, branches". */
function typeWords(schema: Schema): string {
  switch (schema.type) {
    case 'string':
      return schema.enum === undefined ? (schema.format ?? 'string') : `one of ${schema.enum.join(', ')}`;
    case 'number':
    case 'integer':
      return schema.format ?? schema.type;
    case 'boolean':
      return 'boolean';
    case 'array':
      return `list of ${typeWords(schema.items)}`;
    case 'map':
      return `map of ${typeWords(schema.values)}`;
    case 'json':
      return 'any';
    case 'object':
      return 'object';
  }
}

/** As a playbook would say it: `10s`, `10%`. */
function defaultWords(property: Schema & { readonly default?: unknown }): string {
  const value = property.default;
  if (typeof value !== 'number' || !('format' in property)) return JSON.stringify(value);
  if (property.format === 'duration')
    return formatLength(value)
      .replaceAll(/(?<=\d) /g, '')
      .replaceAll('min', 'm')
      .replaceAll(' ', '');
  return property.format === 'percent' ? `${value}%` : JSON.stringify(value);
}

/** One row for each property; those of objects and of lists of objects follow with their path. */
function rows(schema: ObjectSchema, at = ''): string[][] {
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const path = `${at}${name}`;
    const fallback = 'default' in property && property.default !== undefined ? defaultWords(property) : '';
    const need = schema.required?.includes(name) === true ? 'required' : fallback;
    const inner = property.type === 'array' ? property.items : property.type === 'map' ? property.values : property;
    const below =
      inner.type === 'object'
        ? rows(inner, `${path}${property.type === 'array' ? '[]' : property.type === 'map' ? '.*' : ''}.`)
        : [];
    return [[path, typeWords(property), need, property.description ?? ''], ...below];
  });
}

/** On a narrow terminal the last column stands below the others. */
function table(lines: readonly (readonly string[])[], ink: Ink, columns: number | undefined): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)));
  const narrow = columns !== undefined && widths.reduce((sum, width) => sum + width, 0) > columns / 2;
  return lines.flatMap((line) => {
    const [name = '', type = '', need = '', text = ''] = line;
    if (narrow) {
      const facts = [ink.cyan(type), ...(need === '' ? [] : [ink.dim(need === 'required' ? need : `default ${need}`)])];
      return [`  ${name}  ${facts.join(', ')}`, ...(text === '' ? [] : [`      ${text}`])];
    }
    return `  ${name.padEnd(widths[0] ?? 0)}  ${ink.cyan(type.padEnd(widths[1] ?? 0))}  ${ink.dim(need.padEnd(widths[2] ?? 0))}  ${text}`.trimEnd();
  });
}

/** One plugin: what it takes, what it gives, what it may do and what it may find. */
export function manifestLines(manifest: Manifest, ink: Ink, columns?: number): string[] {
  const facts = [
    manifest.exclusive === true ? 'runs alone on the machine' : '',
    manifest.cost === 'costly' ? 'costly' : '',
    manifest.powers.length > 0 ? `powers: ${manifest.powers.join(', ')}` : 'only reads the trees',
    manifest.env === undefined || manifest.env.length === 0 ? '' : `reads ${manifest.env.join(', ')} from the environment`,
    manifest.kind === 'gate' && manifest.runsOnBase ? 'also runs on base, to tell what was there before' : '',
  ].filter((fact) => fact !== '');
  const lines = [
    `${ink.bold(manifest.name)}  ${manifest.kind}`,
    `  ${manifest.summary}`,
    ...facts.map((fact) => `  ${ink.dim(fact)}`),
  ];
  const inputs = rows(manifest.inputs);
  lines.push('', ink.bold('with:'), ...(inputs.length === 0 ? ['  (nothing)'] : table(inputs, ink, columns)));
  const outputs = rows(manifest.outputs).map(([name = '', type = '', , text = '']) => [name, type, '', text]);
  if (outputs.length > 0) lines.push('', ink.bold('outputs'), ...table(outputs, ink, columns));
  if (manifest.kind === 'gate') {
    const codes = Object.entries(manifest.findings).map(([code, { means, baseline }]) => [code, baseline, '', means]);
    lines.push('', ink.bold('findings'), ...table(codes, ink, columns));
  }
  return lines;
}
