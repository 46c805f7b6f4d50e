import { nearest } from '../diagnostics/nearest.ts';
import { describeType, type ExpressionType } from './type.ts';

/** One side of a comparison. `text` when it is written as a text in quotes. */
export interface Side {
  readonly type: ExpressionType;
  readonly written: string;
  readonly text: string | undefined;
}

/**
 * Why two values are never equal, by GitHub's rules: lists and objects are equal to nothing but themselves, a text that meets a
 * number or a boolean is read as a number, and texts are the same in upper and lower case.
 */
export function whyNeverEqual(left: Side, right: Side): { readonly why: string; readonly instead: string } | undefined {
  const composite = [left, right].find(({ type }) => every(type, 'list', 'map', 'object'));
  if (composite !== undefined) {
    const name = composite.written;
    return {
      why: `\`${name}\` is ${describeType(composite.type)}, and those are equal to nothing`,
      instead:
        composite.type.kind === 'list'
          ? `Ask \`contains(${name}, ...)\`, or for one item: \`${name}[0]\`.`
          : `Compare one of its properties.`,
    };
  }
  return againstText(left, right) ?? againstText(right, left);
}

function againstText({ text }: Side, other: Side): ReturnType<typeof whyNeverEqual> {
  if (text === undefined) return undefined;
  if (every(other.type, 'boolean') && Number.isNaN(Number(text))) {
    const not = text.toLowerCase() === 'false' ? '!' : '';
    return { why: 'a boolean is never equal to a text', instead: `Write \`${not}${other.written}\`.` };
  }
  if (every(other.type, 'number') && Number.isNaN(Number(text))) {
    return { why: `\`${other.written}\` is a number`, instead: 'Compare it with a number, without quotes.' };
  }
  const options = optionsOf(other.type);
  if (options === undefined || options.some((option) => option.toLowerCase() === text.toLowerCase())) return undefined;
  const near = nearest(text, options);
  const listed = options.map((option) => `'${option}'`).join(', ');
  return {
    why: 'it is none of the options',
    instead: `${near === undefined ? '' : `Did you mean '${near}'? `}It can be ${listed}.`,
  };
}

const every = (type: ExpressionType, ...kinds: readonly ExpressionType['kind'][]): boolean =>
  (type.kind === 'either' ? type.types : [type]).every(({ kind }) => kinds.includes(kind));

/** All texts that it can be; undefined when it can be any, or something else. */
function optionsOf(type: ExpressionType): readonly string[] | undefined {
  if (type.kind === 'string') return type.options;
  if (type.kind !== 'either') return undefined;
  const all = type.types.filter(({ kind }) => kind !== 'null').map(optionsOf);
  return all.some((options) => options === undefined) ? undefined : all.flatMap((options) => options ?? []);
}
