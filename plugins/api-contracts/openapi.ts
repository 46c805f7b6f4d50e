// Operations of OpenAPI files, as the outputs of this plugin hold them.
import { operationsIn as described, type Operation } from '../../src/discovery/index.ts';
import type { Tree } from '../../src/plugin-api.ts';
import type { NotUnderstood } from './route.ts';

export { isDocument, type Operation } from '../../src/discovery/index.ts';

export async function operationsIn(
  tree: Tree,
  globs: readonly string[],
): Promise<{
  readonly files: readonly string[];
  readonly operations: readonly Operation[];
  readonly notUnderstood: readonly NotUnderstood[];
}> {
  const { notUnderstood, ...rest } = await described(tree, globs);
  return { ...rest, notUnderstood: notUnderstood.map(({ file, line, what, why }) => ({ file, line, what, why })) };
}
