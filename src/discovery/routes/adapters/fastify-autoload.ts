// @fastify/autoload: plugins of a folder, prefixed by the folders below it.
// Follows https://github.com/fastify/fastify-autoload/tree/v6.3.1, index.js and lib/find-plugins.js.
import type { Node } from 'oxc-parser';
import type { EcmaUnit } from '../../contract/reading.ts';
import { bare, nameOf, propertyName } from '../../ecma/node.ts';
import { parameterKey, type Use } from '../join-uses.ts';
import { under, type Walk } from '../join-walk.ts';
import { joinPaths, type Mount, plainPath, type Scoped } from '../model.ts';
import { hasRoutes, hooksOf, pluginOf } from './fastify-hooks.ts';
import { describe, isMap } from './fastify-route.ts';

const script = /\.[mc]?[jt]s$/i;
const indexFile = /^index\.[mc]?[jt]s$/i;
const hookFile = /^[_.]?auto_?hooks\.[mc]?[jt]s$/i;

interface Options {
  readonly autoHooks: boolean;
  readonly cascadeHooks: boolean;
  readonly overwriteHooks: boolean;
  readonly byFolder: boolean;
  readonly routeParams: boolean;
  readonly prefix: string;
  readonly maxDepth: number;
  readonly ignored: (file: string) => boolean;
}
interface Folder {
  readonly path: string;
  readonly prefix: string;
  readonly hooks: readonly Scoped[];
  readonly depth: number;
}

export function autoload(walk: Walk, use: Use, mount: Mount) {
  const written = use.given[1] === undefined ? undefined : bare(use.given[1]);
  const dir = written?.type === 'ObjectExpression' ? writtenIn(written, 'dir') : undefined;
  const path = dir === undefined ? undefined : folderOf(walk, use.unit, dir);
  if (written === undefined || path === undefined)
    return walk.unknown(
      use,
      'plugins are loaded from a folder that is known only while the program runs; their routes are not in the map',
    );
  const root = path;
  const options = optionsOf(walk, use, { written, root });
  if (!walk.reading.files.some((file) => file.startsWith(`${root}/`)))
    return walk.unknown(use, `plugins are loaded from a folder; no file of ${root} is here`);
  load({ walk, use, mount, options, root }, { path: root, prefix: '', hooks: [], depth: 0 });
}
interface Loading {
  readonly walk: Walk;
  readonly use: Use;
  readonly mount: Mount;
  readonly options: Options;
  readonly root: string;
}

function load(loading: Loading, folder: Folder): void {
  const { walk, options } = loading;
  const below = walk.reading.files
    .filter((file) => file.startsWith(`${folder.path}/`))
    .map((file) => file.slice(folder.path.length + 1));
  const files = below.filter((name) => !name.includes('/') && walk.reading.facts.has(`${folder.path}/${name}`));
  const folders = [...new Set(below.flatMap((name) => (name.includes('/') ? [name.split('/')[0] ?? ''] : [])))];
  const hooks = options.autoHooks ? hooksHere(loading, folder, files) : [];
  const index = files.find((name) => indexFile.test(name));
  const plugins =
    index === undefined
      ? files.filter((name) => script.test(name) && !hookFile.test(name) && !isIgnored(loading, folder, name))
      : [index];
  for (const name of plugins) plugin(loading, { ...folder, hooks }, `${folder.path}/${name}`);
  for (const name of folders) {
    if (isIgnored(loading, folder, name) || folder.depth >= options.maxDepth) continue;
    const prefix = options.byFolder ? `${folder.prefix}/${name}` : folder.prefix;
    const passed = options.cascadeHooks ? hooks : [];
    load(loading, { path: `${folder.path}/${name}`, prefix, hooks: passed, depth: folder.depth + 1 });
  }
}
const isIgnored = ({ options, root }: Loading, folder: Folder, name: string): boolean =>
  options.ignored(`${folder.path}/${name}`.slice(root.length + 1));

function hooksHere(loading: Loading, folder: Folder, files: readonly string[]): readonly Scoped[] {
  const { walk, mount, options } = loading;
  const own = files.find((name) => hookFile.test(name));
  if (own === undefined) return folder.hooks;
  const { value } = pluginOf(walk, walk.reading.js.exportOf(`${folder.path}/${own}`, 'default'));
  if (value?.kind !== 'function') return folder.hooks;
  const key = parameterKey(walk.reading, { of: value.node, unit: value.unit }, '0');
  walk.entered.add(key);
  const found = hooksOf(walk, key, { mount, seen: new Set() });
  return options.overwriteHooks ? found : [...folder.hooks, ...found];
}

function plugin(loading: Loading, folder: Folder, file: string) {
  const { walk, use, mount, options } = loading;
  const { js } = walk.reading;
  const unit = walk.reading.ecma(file);
  const exported = js.exportOf(file, 'default');
  const { value, open } = pluginOf(walk, exported);
  const constant = (name: string): string | undefined => {
    const found = js.exportOf(file, name) ?? (value === undefined ? undefined : js.propertyOf(value, name));
    if (found?.kind === 'text') return found.text;
    return found !== undefined && 'node' in found ? js.constantText(found.unit, found.node) : undefined;
  };
  if (unit === undefined || constant('autoload') === 'false') return;
  const byName = constant('autoPrefix') ?? folder.prefix;
  const whole = constant('prefixOverride') ?? `${options.prefix}${byName}`;
  const prefix = options.routeParams ? parametersIn(whole) : whole;
  const inner = {
    ...under(mount, open ? '' : plainPath(prefix), use),
    mounted: [...mount.mounted, { file, line: 1 }],
    guards: [...mount.guards, ...folder.hooks],
  };
  if (value?.kind === 'function') walk.enter(parameterKey(walk.reading, { of: value.node, unit: value.unit }, '0'), inner);
  else if (value?.kind === 'object') describe(walk, { ...use, unit: value.unit }, { options: value, mount: inner });
  else if (value?.kind === 'external' || value?.kind === 'made') {
    if (hasRoutes.test(value.from))
      walk.report({ unit, node: unit.tree }, `${value.from} may add routes of its own; they are not in the map`);
  } else
    walk.report({ unit, node: unit.tree }, 'it is loaded as a plugin, and what it exports is known only while the program runs');
}
const parametersIn = (prefix: string): string => (/__/.test(prefix) ? prefix.replace(/__/g, ':') : prefix.replace(/\/_/g, '/:'));

function optionsOf(walk: Walk, use: Use, o: { readonly written: Node; readonly root: string }): Options {
  const json = walk.reading.js.jsonOf(use.unit, o.written, { throughCalls: true, round: use.round });
  const given = isMap(json) ? json : {};
  const { options, ...rest } = given;
  const inner = isMap(options) ? options : {};
  const prefix = inner.prefix ?? rest.prefix;
  const patterns = ['ignorePattern', 'ignoreFilter'].flatMap((name) => {
    const node = writtenIn(o.written, name);
    const plain = node === undefined ? undefined : bare(node);
    if (plain?.type === 'Literal' && 'regex' in plain) return [plain.value instanceof RegExp ? plain.value : /$^/];
    const text = walk.reading.js.constantText(use.unit, node);
    return text === undefined ? [] : [new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))];
  });
  return {
    autoHooks: rest.autoHooks === true,
    cascadeHooks: rest.cascadeHooks === true,
    overwriteHooks: rest.overwriteHooks === true,
    byFolder: rest.dirNameRoutePrefix !== false,
    routeParams: rest.routeParams === true,
    prefix: typeof prefix === 'string' ? joinPaths('', prefix).replace(/^\/$/, '') : '',
    maxDepth: typeof rest.maxDepth === 'number' ? rest.maxDepth : Number.POSITIVE_INFINITY,
    ignored: (file) => patterns.some((pattern) => pattern.test(file)),
  };
}
function writtenIn(object: Node, name: string): Node | undefined {
  if (object.type !== 'ObjectExpression') return undefined;
  for (const one of object.properties) if (one.type === 'Property' && nameOf(one.key) === name) return one.value;
  return undefined;
}

/** `path.join(__dirname, 'routes')`, `join(import.meta.dirname, …)`, `fileURLToPath(new URL('./routes', import.meta.url))`. */
function folderOf(walk: Walk, unit: EcmaUnit, node: Node, depth = 0): string | undefined {
  const at = bare(node);
  const own = unit.file.split('/').slice(0, -1).join('/');
  if (depth > 8) return undefined;
  const next = (one: Node): string | undefined => folderOf(walk, unit, one, depth + 1);
  if (at.type === 'Identifier') {
    if (at.name === '__dirname') return own;
    const declaration = walk.reading.js.declarationOf(unit, at);
    return declaration?.kind === 'value' && declaration.path.length === 0 ? next(declaration.node) : undefined;
  }
  if (at.type === 'MemberExpression' && at.object.type === 'MetaProperty')
    return propertyName(at) === 'dirname' ? own : undefined;
  if (at.type === 'TemplateLiteral' || at.type === 'BinaryExpression') {
    const [head] = at.type === 'TemplateLiteral' ? at.expressions : [at.left];
    const base = head === undefined ? undefined : next(head);
    const rest = at.type === 'TemplateLiteral' ? at.quasis.at(-1)?.value.cooked : walk.reading.js.constantText(unit, at.right);
    return base === undefined || typeof rest !== 'string' ? undefined : within(base, rest);
  }
  if (at.type !== 'CallExpression' && at.type !== 'NewExpression') return undefined;
  const [first, ...others] = at.arguments;
  const name = propertyName(bare(at.callee)) ?? nameOf(bare(at.callee));
  if (first === undefined) return undefined;
  if (name === 'fileURLToPath' || name === 'dirname')
    return name === 'dirname' && /url|filename/.test(unit.textOf(first)) ? own : next(first);
  if (name === 'URL') {
    const text = walk.reading.js.constantText(unit, first);
    return text === undefined ? undefined : within(own, text);
  }
  if (name !== 'join' && name !== 'resolve') return undefined;
  const parts = others.map((one) => walk.reading.js.constantText(unit, one));
  return parts.reduce<string | undefined>(
    (base, part) => (base === undefined || part === undefined ? undefined : within(base, part)),
    next(first),
  );
}
function within(base: string, part: string): string {
  const parts = base === '' ? [] : base.split('/');
  for (const one of part.split('/')) {
    if (one === '..') parts.pop();
    else if (one !== '.' && one !== '') parts.push(one);
  }
  return parts.join('/');
}
