import { graphqlOf, sharedReading, sharedRoutes, traceIn } from '../../src/discovery/index.ts';
import { defineContext } from '../../src/plugin-api.ts';
import { briefOf } from './brief.ts';
import { manifest } from './manifest.ts';

const words = { queries: 'query', mutations: 'mutation', subscriptions: 'subscription' } as const;

export default defineContext(manifest, async (inputs, host) => {
  const reading = await sharedReading({
    tree: host.trees.base,
    scope: inputs.path,
    files: inputs.files,
    signal: host.signal,
    progress: (fraction, file) => host.progress(0.5 * fraction, file),
  });
  // What is not understood of the routes is api-contracts' to say.
  const { routes } = await sharedRoutes(reading);
  const { map } = await graphqlOf(reading);
  const others = (['queries', 'mutations', 'subscriptions'] as const).flatMap((root) =>
    map[root].flatMap(({ name, at, resolver }) =>
      resolver === null ? [] : [{ label: `${words[root]} ${name}`, at, handler: resolver }],
    ),
  );
  const traced = await traceIn(reading, {
    routes,
    others,
    signal: host.signal,
    progress: (fraction, file) => host.progress(0.5 + 0.5 * fraction, file),
  });
  const notUnderstood = [...reading.trouble, ...traced.notUnderstood].map(({ file, line, what, why }) => ({
    file,
    line,
    what,
    why,
  }));
  if (traced.routes === 0) host.log.warn('No route handler was found, so nothing is known to be on the path of a request.');
  const findings = traced.findings.map(({ line, ...finding }) => ({ ...finding, line: line ?? 1 }));
  return {
    outputs: { findings, routes: traced.routes, functions: traced.functions, 'not-understood': notUnderstood },
    brief: briefOf({ ...traced, findings, notUnderstood }, inputs),
  };
});
