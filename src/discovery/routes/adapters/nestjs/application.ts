// Applications, and what they set for all their routes: https://docs.nestjs.com/faq/global-prefix, https://docs.nestjs.com/techniques/versioning
import type { CallExpression, Node } from 'oxc-parser';
import type { Spot } from '../../../contract/meaning.ts';
import type { NotUnderstood, Place } from '../../../contract/place.ts';
import type { EcmaUnit, Reading } from '../../../contract/reading.ts';
import { bare, propertyName } from '../../../ecma/node.ts';
import { placeOf } from '../../model.ts';
import { plainName } from './decorators.ts';
import { type Modules, modulesFrom, propertyNode, said } from './module-graph.ts';
import { listedIn } from './module-list.ts';
import { type PathPattern, patternsOf } from './patterns.ts';
import { knownText, textsOf } from './texts.ts';

export interface Application {
  readonly call: Spot<CallExpression>;
  readonly modules: Modules;
  readonly prefix: { readonly path: string; readonly exclude: readonly PathPattern[]; readonly at: Place } | undefined;
  readonly versioning: Versioning | undefined;
  /** Of `useGlobalGuards` and `APP_GUARD`. */
  readonly guards: readonly { readonly unit: EcmaUnit; readonly node: Node }[];
}
export interface Versioning {
  readonly inPath: boolean;
  readonly prefix: string;
  readonly usual: readonly (string | null)[];
}
type Say = (what: NotUnderstood) => void;
const listening = new Set(['listen', 'setGlobalPrefix', 'enableVersioning', 'getHttpServer']);
const settings = new Set(['setGlobalPrefix', 'enableVersioning', 'useGlobalGuards']);

export function applicationsIn(reading: Reading, say: Say): readonly Application[] {
  const { js } = reading;
  const created = js.callsNamed(new Set(['create'])).filter(({ node, unit }) => {
    const value = js.meaningOf(unit, node.callee);
    return value?.kind === 'external' && plainName(value.name) === 'NestFactory.create';
  });
  const calls = js.callsNamed(settings);
  const serving = new Set(js.callsNamed(listening).map(({ unit }) => unit.file));
  const roots = created.flatMap((call) => {
    const [root] = listedIn(reading, { unit: call.unit, round: undefined, node: call.node.arguments[0], certain: true });
    return root === undefined
      ? []
      : [{ call, root, key: root.kind === 'class' ? js.keyOf(root.unit, root.node) : js.keyOf(call.unit, call.node) }];
  });
  return roots.flatMap(({ call, root, key }, n) => {
    // A script that makes the application for its services serves nothing, nor does the same application made in a second way.
    const twins = roots.filter((one) => one.key === key);
    const listens = twins.filter((one) => serving.has(one.call.unit.file));
    const first = roots.findIndex((one) => one.key === key && one.call.unit === call.unit);
    if (first !== n || (listens.length > 0 && !serving.has(call.unit.file))) return [];
    const own = calls.filter((one) => ownerOf(reading, one, created) === call);
    const modules = modulesFrom(reading, root, say);
    return [
      {
        call,
        modules,
        prefix: prefixOf(reading, last(own, 'setGlobalPrefix'), say),
        versioning: versioningOf(reading, last(own, 'enableVersioning'), say),
        guards: [
          ...own
            .filter(({ node }) => propertyName(node.callee) === 'useGlobalGuards')
            .flatMap(({ node, unit }) => node.arguments.map((one) => ({ unit, node: one }))),
          ...modules.guards,
        ],
      },
    ];
  });
}
type Call = Spot<CallExpression>;
const last = (calls: readonly Call[], name: string): Call | undefined =>
  calls.findLast(({ node }) => propertyName(node.callee) === name);

/** The application that a setting is made on: followed, or the one of the same file, or the nearest. */
function ownerOf(reading: Reading, { node, unit }: Call, created: readonly Call[]): Call | undefined {
  const callee = bare(node.callee);
  const on = callee.type === 'MemberExpression' ? callee.object : undefined;
  const value = reading.js.meaningOf(unit, on, { throughCalls: true });
  const named =
    value?.kind === 'made'
      ? created.find((one) => one.unit.file === value.unit.file && one.node.start === value.call.start)
      : undefined;
  const same = created.filter((one) => one.unit.file === unit.file);
  return named ?? same[0] ?? nearest(unit.file, created);
}

/** The one whose folder shares most with a file's. */
export function nearest<T extends { readonly unit: EcmaUnit }>(file: string, of: readonly T[]): T | undefined {
  const parts = file.split('/');
  const shared = (other: string): number => {
    const theirs = other.split('/');
    const n = parts.findIndex((part, at) => part !== theirs[at]);
    return n === -1 ? parts.length : n;
  };
  return [...of].sort((a, b) => shared(b.unit.file) - shared(a.unit.file))[0];
}

function prefixOf(reading: Reading, call: Call | undefined, say: Say): Application['prefix'] {
  const [path, options] = call?.node.arguments ?? [];
  if (call === undefined || path === undefined) return undefined;
  const { unit, node } = call;
  const known = configured(reading, unit, path) ?? knownText(reading, unit, path);
  if (!known.whole)
    say(said(unit, node, 'the global prefix is known only while the program runs; paths are shown without that part'));
  const value = reading.js.meaningOf(unit, options);
  const excluded = value?.kind === 'object' ? propertyNode(value, 'exclude') : undefined;
  return {
    path: known.text,
    exclude:
      excluded === undefined
        ? []
        : patternsOf(reading, { unit: value?.kind === 'object' ? value.unit : unit, node: excluded }).map((one) => ({
            ...one,
            below: false,
          })),
    at: placeOf(unit, node),
  };
}

/** `config.get('app.apiPrefix')` of what `registerAs('app', () => ({ apiPrefix: … }))` gives: https://docs.nestjs.com/techniques/configuration */
function configured(
  reading: Reading,
  unit: EcmaUnit,
  asked: Node,
): { readonly text: string; readonly whole: boolean } | undefined {
  const { js } = reading;
  const node = bare(asked);
  if (node.type !== 'CallExpression' || !/^get(OrThrow)?$/.test(propertyName(bare(node.callee)) ?? '')) return undefined;
  const [name = '', ...keys] = (js.constantText(unit, node.arguments[0]) ?? '').split('.');
  const usual = js.constantText(unit, node.arguments[1]);
  for (const file of reading.marked('call registerAs')) {
    const there = reading.ecma(file);
    for (const call of there?.nodes('CallExpression') ?? []) {
      if (there === undefined || call.callee.type !== 'Identifier' || call.callee.name !== 'registerAs') continue;
      if (js.constantText(there, call.arguments[0]) !== name) continue;
      const factory = js.meaningOf(there, call.arguments[1]);
      for (const result of factory?.kind === 'function' ? js.resultsOf(factory.unit, factory.node) : []) {
        let value = js.meaningOf(there, result);
        for (const key of keys) value = value === undefined ? undefined : js.propertyOf(value, key);
        const text =
          value?.kind === 'other' ? js.constantText(value.unit, value.node) : value?.kind === 'text' ? value.text : undefined;
        if (text !== undefined) return { text, whole: true };
      }
    }
  }
  return usual === undefined ? undefined : { text: usual, whole: true };
}

function versioningOf(reading: Reading, call: Call | undefined, say: Say): Versioning | undefined {
  if (call === undefined) return undefined;
  const { unit, node } = call;
  const [options] = node.arguments;
  const usual: Versioning = { inPath: true, prefix: 'v', usual: [] };
  if (options === undefined) return usual;
  const value = reading.js.meaningOf(unit, options);
  if (value?.kind !== 'object') {
    say(
      said(
        unit,
        node,
        'how versions are told apart is known only while the program runs; paths are shown with v and the version',
      ),
    );
    return usual;
  }
  const type = reading.js.meaningOf(value.unit, propertyNode(value, 'type'));
  const kind = type?.kind === 'external' ? type.name.split('.').at(-1) : 'URI';
  const prefix = propertyNode(value, 'prefix');
  const written = prefix === undefined ? { text: 'v', whole: true } : prefixText(reading, value.unit, prefix);
  if (!written.whole)
    say(said(unit, node, 'a part of the prefix of versions is known only while the program runs; paths are shown without it'));
  const version = propertyNode(value, 'defaultVersion');
  return {
    inPath: kind === 'URI',
    prefix: written.text,
    usual: version === undefined ? [] : (textsOf(reading, { unit: value.unit }, version) ?? []),
  };
}
function prefixText(reading: Reading, unit: EcmaUnit, node: Node): { readonly text: string; readonly whole: boolean } {
  const plain = bare(node);
  if (plain.type === 'Literal' && plain.value === false) return { text: '', whole: true };
  return knownText(reading, unit, node);
}
