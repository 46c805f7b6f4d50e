import { readModules } from '../../src/javascript/module.ts';
import { defineContext } from '../../src/plugin-api.ts';
import { briefOf } from './brief.ts';
import { manifest } from './manifest.ts';
import { trace } from './trace.ts';

export default defineContext(manifest, async (inputs, host) => {
  const modules = await readModules({
    tree: host.trees.base,
    files: inputs.files,
    signal: host.signal,
    progress: (fraction, file) => host.progress(0.5 * fraction, file),
  });
  const traced = await trace({ modules: modules.byFile, throughCalls: false }, (fraction, file) => {
    host.signal.throwIfAborted();
    host.progress(0.5 + 0.5 * fraction, file);
  });
  const notUnderstood = [...modules.notRead, ...traced.notUnderstood];
  if (traced.routes === 0) host.log.warn('No route handler was found, so nothing is known to be on the path of a request.');
  return {
    outputs: {
      findings: traced.findings.map(({ rule, ...found }) => ({ rule: rule.id, ...found, why: rule.why, hint: rule.hint })),
      routes: traced.routes,
      functions: traced.functions,
      'not-understood': notUnderstood,
    },
    brief: briefOf({ ...traced, notUnderstood }, inputs['max-tokens']),
  };
});
