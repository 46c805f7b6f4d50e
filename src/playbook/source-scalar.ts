// Which character of a file each character of a scalar's value was written by, in all five styles of YAML 1.2.
import type { ScalarNode } from './source-nodes.ts';
import { block } from './source-scalar-block.ts';
import { doubleQuoted, folded, singleQuoted } from './source-scalar-flow.ts';
import type { ScalarMap } from './source-trace.ts';

/** `text`: the file that the scalar stands in. Undefined where the file does not say, which a broken one may not. */
export function traceScalar(node: ScalarNode, text: string): ScalarMap | undefined {
  const source = text.slice(node.start, node.end);
  switch (node.style) {
    case 'plain':
      return folded(source, node.start).done(node.end);
    case 'single':
      return singleQuoted(source, node.start);
    case 'double':
      return doubleQuoted(source, node.start);
    case 'block':
      return node.block === undefined ? undefined : block(node.block);
  }
}
