// Which character of a file each character of a scalar's value was written by, in all five styles of YAML 1.2.
import type { CST } from 'yaml';
import { block } from './source-scalar-block.ts';
import { doubleQuoted, folded, singleQuoted } from './source-scalar-flow.ts';
import type { ScalarMap } from './source-trace.ts';

/** Undefined for a token that is no scalar. */
export function traceScalar(token: CST.Token): ScalarMap | undefined {
  switch (token.type) {
    case 'scalar':
      return folded(token.source, token.offset).done(token.offset + token.source.length);
    case 'single-quoted-scalar':
      return singleQuoted(token.source, token.offset);
    case 'double-quoted-scalar':
      return doubleQuoted(token.source, token.offset);
    case 'block-scalar':
      return block(token);
    default:
      return undefined;
  }
}
