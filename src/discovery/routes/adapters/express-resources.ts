// Packages that make the routes of a resource for Express, from its endpoints.
import type { Json } from '../../../contract/schema.ts';
import { bare } from '../../ecma/node.ts';
import type { Use } from '../join-uses.ts';
import type { Walk } from '../join-walk.ts';
import { methodOf, noRound, plainPath, top } from '../model.ts';

/** https://github.com/tommybananas/finale/tree/v1.2.2: `resource({ endpoints: ['/users', '/users/:id'], actions })`. */
const makers = /^(finale-rest|finale|epilogue)$/;
/** Actions on the first endpoint, and on the second. */
const actions: readonly (readonly [name: string, verb: string, endpoint: 0 | 1])[] = [
  ['create', 'post', 0],
  ['list', 'get', 0],
  ['read', 'get', 1],
  ['update', 'put', 1],
  ['delete', 'delete', 1],
];
/** Packages that make routes of data that only a running program has. */
const closed =
  /^(json-server|express-restify-mongoose|loopback|feathers|@feathersjs\/express|swagger-node-express|express-openapi(-validator)?)$/;

export function resources(walk: Walk): void {
  const { js } = walk.reading;
  for (const { node, unit } of js.callsNamed(new Set(['resource', 'router', 'serve', 'initialize']))) {
    const callee = bare(node.callee);
    const made = js.meaningOf(unit, callee);
    if (made?.kind !== 'external') continue;
    if (closed.test(made.from)) walk.report({ unit, node }, `${made.from} makes routes that only a running program knows`);
    if (!makers.test(made.from) || !made.name.endsWith('resource')) continue;
    const rounds = js.rounds(unit, node);
    for (const round of rounds ?? [noRound]) {
      const json = js.jsonOf(unit, node.arguments[0], { throughCalls: true, round });
      const endpoints = isMap(json) && Array.isArray(json.endpoints) ? json.endpoints : [];
      const certain = rounds !== undefined && !js.isConditional(unit, node);
      const use: Use = { name: 'resource', call: node, unit, given: node.arguments, chain: [], round, certain };
      if (!isMap(json) || endpoints.some((one: Json) => typeof one !== 'string') || endpoints.length === 0) {
        walk.unknown(use, 'the endpoints of this resource are known only while the program runs');
        continue;
      }
      const wanted = Array.isArray(json.actions) ? json.actions : actions.map(([name]) => name);
      for (const [name, verb, index] of actions) {
        const path = endpoints[index] ?? endpoints[0];
        if (!wanted.includes(name) || typeof path !== 'string') continue;
        const methods = [methodOf(verb)];
        walk.add({ use, mount: top, methods, path: plainPath(path), handler: undefined, guards: [] });
      }
    }
  }
}
const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
