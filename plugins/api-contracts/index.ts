import { readModules } from '../../src/javascript/module.ts';
import { defineContext } from '../../src/plugin-api.ts';
import { briefOf } from './brief.ts';
import { compare } from './differences.ts';
import { manifest } from './manifest.ts';
import { operationsIn } from './openapi.ts';
import type { Guard } from './route.ts';
import { routesIn } from './walk.ts';

const authOf = ({ by, scopes, stage }: Guard) => ({ by, scopes, stage });

export default defineContext(manifest, async (inputs, host) => {
  const tree = host.trees.base;
  const modules = await readModules({
    tree,
    files: inputs.files,
    signal: host.signal,
    progress: (fraction, file) => host.progress(0.7 * fraction, file),
  });
  host.progress(0.7, `following routes through ${modules.byFile.size} files`);
  const { routes, notUnderstood: unclear } = routesIn({ modules: modules.byFile, throughCalls: false });
  host.signal.throwIfAborted();
  host.progress(0.95, 'reading OpenAPI files');
  const described = await operationsIn(tree, inputs.openapi);
  const operations = [...described.operations].sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  const comparison = compare(routes, operations);
  const notUnderstood = [...modules.notRead, ...unclear, ...described.notUnderstood];
  if (notUnderstood.length > 0)
    host.log.info(`${notUnderstood.length} places are not in the map; they are listed in not-understood.`);
  return {
    outputs: {
      routes: routes.map(({ guards, ...route }) => ({
        ...route,
        auth: guards.filter(({ isAuth }) => isAuth).map(authOf),
        hooks: guards.filter(({ isAuth }) => !isAuth).map(({ by }) => by),
      })),
      operations: operations.map(({ prefixes: _, ...operation }) => operation),
      undocumented: comparison.undocumented.map(({ method, path, registered }) => ({ method, path, at: registered })),
      unrouted: comparison.unrouted.map(({ method, path, at }) => ({ method, path, at })),
      differences: comparison.differences,
      'not-understood': notUnderstood,
    },
    brief: briefOf({ routes, operations, comparison, notUnderstood, tokens: inputs['max-tokens'] }),
  };
});
