// A value of one playbook: what it is, which line says it, and what else has a say in it.
import type { Layer, Layers } from '../playbook/layers.ts';
import { nodeAtPath, partsOf, reachAll } from '../playbook/policy-path.ts';
import type { Merged } from '../playbook/prepare.ts';
import { field, fieldsOf, itemsOf, type Node, nodeOf, placeOf, plain, textOf, textsBelow } from '../playbook/tree.ts';
import type { Json } from '../plugin-api.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import { type Answer, type Fact, facts } from './answer.ts';
import { explainMeaning, type Meaning, meaningAt } from './language.ts';

/** Undefined: the playbook has nothing there, and the language neither. */
export function explainValue(
  path: string,
  { root, layers, inputs }: Merged,
  plugins: readonly NamedPlugin[],
): Answer | undefined {
  const parts = partsOf(path);
  const meaning = meaningAt(parts, plugins, (at) => usesOf(nodeAtPath(root, at)) ?? at.at(-1));
  const node = nodeAtPath(root, parts);
  if (meaning === undefined && node === undefined) return undefined;
  const about = meaning === undefined ? undefined : explainMeaning(meaning);
  const found = node ?? (meaning === undefined ? undefined : elsewhere(parts, meaning, root));
  return {
    kind: 'value',
    subject: path,
    means: about?.means ?? ranBy(node, plugins) ?? 'A name that the playbook gives.',
    facts: [
      ...facts(
        ['value', found === undefined ? undefined : JSON.stringify(plain(found))],
        ['written in', found === undefined ? undefined : `${placeWords(found)}${node === undefined ? ', under `defaults`' : ''}`],
        ['not written', found === undefined ? 'no file says it; what holds is the default' : undefined],
        ['brought in by', found === undefined ? undefined : broughtIn(found, layers)],
      ),
      ...overruled(parts, layers, found),
      ...inputsIn(found, (name) => inputs.values[name]),
      ...policies(parts, root),
      ...(about?.facts ?? []),
    ],
  };
}

const usesOf = (step: Node | undefined): string | undefined => textOf(step) ?? textOf(field(step, 'uses'));
/** A step or service, by its plugin. */
function ranBy(node: Node | undefined, plugins: readonly NamedPlugin[]): string | undefined {
  const uses = usesOf(node);
  return plugins.find((plugin) => plugin.uses === uses)?.manifest.summary;
}
const placeWords = (node: Node): string => {
  const { file, range } = placeOf(node, 'value');
  return `${file}:${range.start.line}`;
};

/** A step takes from `defaults` what it does not say itself. */
function elsewhere(parts: readonly string[], meaning: Meaning, root: Node): Node | undefined {
  if (meaning.kind === 'input') {
    const { uses, manifest } = meaning.plugin;
    return (
      nodeAtPath(root, ['defaults', uses, ...meaning.path]) ?? nodeAtPath(root, ['defaults', manifest.name, ...meaning.path])
    );
  }
  return parts.at(-1) === 'timeout' && meaning.part === 'step' ? nodeAtPath(root, ['defaults', 'timeout']) : undefined;
}

/** Files below that say something else. */
function overruled(parts: readonly string[], { list }: Layers, found: Node | undefined): readonly Fact[] {
  return list.flatMap((layer: Layer): Fact[] => {
    const own = nodeAtPath(layer.root, parts);
    if (own === undefined || own === found || (found !== undefined && placeWords(own) === placeWords(found))) return [];
    if (own.kind !== 'scalar' && found?.kind === own.kind) return [['also in', placeWords(own)]];
    return [['overruled', `${placeWords(own)} says ${JSON.stringify(plain(own))}`]];
  });
}

/** What a file of steps is for. */
function broughtIn(node: Node, { included }: Layers): string | undefined {
  const source = included.find((one) => one === node.origin.source);
  if (source === undefined) return undefined;
  const about = textOf(field(nodeOf(source.value, { source, path: [] }), 'description'));
  return `\`include\` of ${source.file}${about === undefined ? '' : `: ${about}`}`;
}

function inputsIn(node: Node | undefined, inputValue: (name: string) => Json | undefined): readonly Fact[] {
  if (node === undefined) return [];
  const names = [...textsBelow(node)].flatMap(({ text }) =>
    [...text.matchAll(/\binputs\.([\w-]+)/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].map((name): Fact => {
    const value = inputValue(name);
    return ['input', value === undefined ? `\`${name}\` has no value yet` : `\`${name}\` is ${JSON.stringify(value)}`];
  });
}

/** `final` and `bounds` that reach the path. */
function policies(parts: readonly string[], root: Node): readonly Fact[] {
  const path = parts.join('.');
  const reaches = (pattern: string): boolean =>
    reachAll(root, partsOf(pattern)).some(({ path: at }) => path === at.join('.') || path.startsWith(`${at.join('.')}.`));
  const bounds = [...fieldsOf(field(root, 'bounds'))].filter(([pattern]) => reaches(pattern));
  const written = itemsOf(field(root, 'final')).map((item) => ({ item, pattern: textOf(item) ?? '' }));
  const open = [
    ...written.flatMap(({ item, pattern }) => (pattern.startsWith('!') ? [{ item, pattern: pattern.slice(1) }] : [])),
    ...bounds.map(([pattern, item]) => ({ item, pattern })),
  ].filter(({ pattern }) => reaches(pattern));
  // A file opens only what it closed itself, and only where it says more of the path.
  const isOpen = (final: (typeof written)[number]): boolean =>
    open.some(
      ({ item, pattern }) =>
        item.origin.source === final.item.origin.source && partsOf(pattern).length > partsOf(final.pattern).length,
    );
  const finals = written.flatMap((final) => (reaches(final.pattern) && !isOpen(final) ? [final.item] : []));
  return [
    ...finals.map((item): Fact => ['final', `no file above ${placeWords(item)} may change it`]),
    ...bounds.map(([, bound]): Fact => ['bounds', `${JSON.stringify(plain(bound))} by ${placeWords(bound)}`]),
  ];
}

/** Paths of all values down to the inputs of steps, as they may be asked for. */
export function pathsIn(root: Node): readonly string[] {
  const found: string[] = [];
  const walk = (node: Node, path: readonly string[]): void => {
    if (path.length > 6) return;
    if (path.length > 0) found.push(path.join('.'));
    for (const [name, below] of fieldsOf(node)) walk(below, [...path, name]);
    if (path[0] !== 'phases') return;
    for (const item of itemsOf(node)) {
      const name = textOf(field(item, 'id')) ?? usesOf(item)?.split('/').at(-1);
      if (name !== undefined) walk(item, [...path, ...(path.at(-1) === 'steps' ? [] : ['steps']), name]);
    }
  };
  walk(root, []);
  return found;
}
