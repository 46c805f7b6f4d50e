import { graphqlOf, sharedReading, sharedRoutes } from '../../src/discovery/index.ts';
import { defineContext, type Tree } from '../../src/plugin-api.ts';
import { briefOf } from './brief.ts';
import { compare } from './differences.ts';
import { graphqlLines, outputOf } from './graphql.ts';
import { manifest } from './manifest.ts';
import { operationsIn } from './openapi.ts';
import { type Guard, type NotUnderstood, routeOf } from './route.ts';

const authOf = ({ by, scopes, stage }: Guard) => ({ by, scopes, stage });

/** The files of one folder of a tree. */
function below(tree: Tree, scope: string): Tree {
  if (scope === '') return tree;
  const glob = async (patterns: readonly string[]) => (await tree.glob(patterns)).filter((file) => file.startsWith(`${scope}/`));
  return { ...tree, glob, readBytes: (file) => tree.readBytes(file) };
}

export default defineContext(manifest, async (inputs, host) => {
  const tree = host.trees.base;
  const scope = (inputs.path ?? '').replace(/^(\.\/)+|\/+$/g, '').replace(/^\.$/, '');
  const reading = await sharedReading({
    tree,
    scope,
    files: inputs.files,
    signal: host.signal,
    progress: (fraction, file) => host.progress(0.7 * fraction, file),
  });
  host.progress(0.7, `following routes through ${reading.facts.size} files`);
  const { routes: found, notUnderstood: unclear } = await sharedRoutes(reading);
  const routes = found.map(routeOf);
  host.signal.throwIfAborted();
  host.progress(0.95, 'reading OpenAPI files');
  const described = await operationsIn(below(tree, scope), inputs.openapi);
  const graphql = await graphqlOf(reading);
  const operations = [...described.operations].sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  const comparison = compare(routes, operations);
  const notUnderstood = [...reading.trouble, ...unclear, ...described.notUnderstood, ...graphql.notUnderstood].map(
    ({ file, line, what, why }): NotUnderstood => ({ file, line, what, why }),
  );
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
      graphql: outputOf(graphql.map),
      'not-understood': notUnderstood,
    },
    brief: briefOf({
      routes,
      operations,
      comparison,
      graphql: graphqlLines(graphql.map),
      notUnderstood,
      tokens: inputs['max-tokens'],
      goal: inputs.goal,
    }),
  };
});
