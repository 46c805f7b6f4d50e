// Texts that calls of the language and of usual packages give: joined, in other letters, as they are.
import type { CallExpression, Node } from 'oxc-parser';
import type { EcmaUnit } from '../contract/reading.ts';
import type { Asking } from './asking.ts';
import { bare, propertyName } from './node.ts';
import { meaningOf } from './values.ts';

interface Told {
  readonly asking: Asking;
  readonly unit: EcmaUnit;
  text(node: Node | null | undefined): string | undefined;
}
type Texts = readonly (string | undefined)[];
const whole = (parts: Texts, separator: string): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join(separator);

/** Undefined: the call is none of them, or a part is not known. */
export function calledText(told: Told, call: CallExpression): string | undefined {
  const callee = bare(call.callee);
  const given = (): Texts => call.arguments.map((one) => told.text(one));
  if (callee.type === 'Identifier' && callee.name === 'String') return told.text(call.arguments[0]);
  if (callee.type === 'MemberExpression') {
    const object = bare(callee.object);
    switch (propertyName(callee)) {
      case 'toString':
      case 'trim':
        return told.text(object);
      case 'toLowerCase':
        return told.text(object)?.toLowerCase();
      case 'toUpperCase':
        return told.text(object)?.toUpperCase();
      case 'concat':
        return object.type === 'ArrayExpression' ? undefined : whole([told.text(object), ...given()], '');
      case 'join':
        if (object.type === 'ArrayExpression')
          return whole(
            object.elements.map((one) => told.text(one)),
            call.arguments[0] === undefined ? ',' : (told.text(call.arguments[0]) ?? ','),
          );
        break;
      default:
    }
  }
  const from = meaningOf(told.asking, told.unit, callee);
  if (from?.kind !== 'external') return undefined;
  const joins =
    (/^path(\/posix)?$/.test(from.from) && /(^|\.)join$/.test(from.name)) ||
    /^(url-join|urljoin|proper-url-join)$/.test(from.from);
  return joins ? normal(whole(given(), '/')) : undefined;
}
/** As `path.posix.join` writes it, but for `..`, which no path of a route has. */
const normal = (path: string | undefined): string | undefined =>
  path === undefined || path.includes('..')
    ? undefined
    : path.replace(/(^|\/)\.(?=\/|$)/g, '$1').replace(/([^:]|^)\/{2,}/g, '$1/');
