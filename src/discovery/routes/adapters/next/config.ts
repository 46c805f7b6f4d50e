// next.config as data: https://nextjs.org/docs/app/api-reference/config/next-config-js
import type { NotUnderstood } from '../../../contract/place.ts';
import type { Reading } from '../../../contract/reading.ts';
import { inside } from './projects.ts';

export interface Config {
  readonly basePath: string;
  readonly pageExtensions: readonly string[];
}
const usual = ['tsx', 'ts', 'jsx', 'js'];

export function configOf(reading: Reading, root: string, say: (what: NotUnderstood) => void): Config {
  const file = ['js', 'mjs', 'cjs', 'ts', 'mts']
    .map((end) => inside(root, `next.config.${end}`))
    .find((one) => reading.text(one) !== undefined);
  const text = (file === undefined ? undefined : reading.text(file)) ?? '';
  const told = (name: string, why: string): void => {
    const at = text.search(new RegExp(`\\b${name}\\b`));
    if (file !== undefined && at >= 0)
      say({ file, line: text.slice(0, at).split('\n').length, what: name, why, about: 'route', stack: 'next' });
  };
  const [, quoted] =
    /\bbasePath\s*:\s*(?:'([^']*)'|"([^"]*)"|`([^`$]*)`)/
      .exec(text)
      ?.slice(0)
      .filter((one) => one !== undefined) ?? [];
  if (quoted === undefined) told('basePath', 'the base path is known only while the program runs; paths are shown without it');
  told('rewrites', 'paths that rewrites lead elsewhere are not followed');
  const [, list] = /\bpageExtensions\s*:\s*\[([^\]]*)\]/.exec(text) ?? [];
  const extensions = [...(list ?? '').matchAll(/['"`]([\w.]+)['"`]/g)].flatMap(([, one]) => one ?? []);
  return { basePath: quoted ?? '', pageExtensions: extensions.length > 0 ? extensions : usual };
}
