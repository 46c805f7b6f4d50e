// Fastify: encapsulated plugins with prefixes and hooks.

import { stackOf } from '../join-stack.ts';
import { parameterKey, type Use } from '../join-uses.ts';
import { type Framework, under, type Walk } from '../join-walk.ts';
import { type Mount, plainPath, top, verbs } from '../model.ts';
import { autoload } from './fastify-autoload.ts';
import { hasRoutes, hooksOf, pluginOf } from './fastify-hooks.ts';
import { addDescribed, addRoute, isMap } from './fastify-route.ts';

const framework: Framework = {
  name: 'fastify',
  knownFrom: 'https://fastify.dev/docs/v5.6.x/Reference/Routes/ and Plugins/',
  packages: /^(fastify|fastify-plugin|@fastify\/autoload|fastify-autoload)$/,
  isHere: (reading) => reading.packages.has('fastify-cli'),
  names: new Set([...verbs, 'route', 'register', 'addHook', 'decorate']),
  roleOf: ({ from, name }) =>
    from === 'fastify' && /^(default|fastify|Fastify|\*)?(\.default|\.fastify|\.\w+\(\))*$/.test(name) ? 'app' : undefined,
  walk(walk, key, mount) {
    const guards = [...mount.guards, ...hooksOf(walk, key, { mount, seen: new Set() })];
    const here = { ...mount, guards };
    for (const use of walk.usesOf(key)) {
      if (use.name === undefined) walk.handOver(use, here);
      else if (verbs.has(use.name)) addRoute(walk, use, here);
      else if (use.name === 'route') addDescribed(walk, use, here);
      else if (use.name === 'register') register(walk, use, here);
    }
  },
  /** `fastify start app.js` registers what the file exports: https://github.com/fastify/fastify-cli/tree/v7.4.0 */
  roots(walk) {
    for (const file of walk.reading.files) {
      if (!/(^|\/)package\.json$/.test(file)) continue;
      const [, entry] = /fastify\s+start\s(?:.*?\s)?([\w./-]+\.[mc]?[jt]s)\b/.exec(walk.reading.text(file) ?? '') ?? [];
      const target = entry === undefined ? undefined : walk.reading.js.resolve(file, `./${entry}`);
      const { value } = pluginOf(walk, target === undefined ? undefined : walk.reading.js.exportOf(target, 'default'));
      if (value?.kind !== 'function') continue;
      const key = parameterKey(walk.reading, { of: value.node, unit: value.unit }, '0');
      if (!walk.entered.has(key)) walk.enter(key, top);
    }
  },
};
export const fastify = stackOf(framework);

function register(walk: Walk, use: Use, mount: Mount) {
  const { js } = walk.reading;
  const question = walk.question(use, mount);
  const { value, open } = pluginOf(walk, js.meaningOf(use.unit, use.given[0], question));
  const options = use.given[1] === undefined ? {} : js.jsonOf(use.unit, use.given[1], question);
  const prefix = isMap(options) ? options.prefix : undefined;
  if (value?.kind === 'function') {
    const key = parameterKey(walk.reading, { of: value.node, unit: value.unit }, '0');
    if (prefix !== undefined && typeof prefix !== 'string') {
      walk.pass(key);
      walk.unknown(use, 'the prefix of this plugin is known only while the program runs; its routes are not in the map');
      return;
    }
    walk.enter(key, under(mount, prefix === undefined || open ? '' : plainPath(prefix), use));
    return;
  }
  const external = value?.kind === 'external' || value?.kind === 'made' ? value.from : undefined;
  if (external === undefined) return walk.unknown(use, 'which plugin is registered here is known only while the program runs');
  if (/autoload$/.test(external)) return autoload(walk, use, { ...mount, certain: mount.certain && use.certain });
  if (hasRoutes.test(external)) walk.unknown(use, `${external} may add routes of its own; they are not in the map`);
}
