import { defineContext } from '../../../../src/plugin-api.ts';
import { manifest } from './manifest.ts';

export default defineContext(manifest, async ({ pattern }, host) => {
  const files = await host.trees.base.glob([pattern]);
  return {
    outputs: { files },
    brief: [{ title: 'Files', text: files.join('\n'), source: { file: files[0] ?? 'none', line: 1 } }],
  };
});
