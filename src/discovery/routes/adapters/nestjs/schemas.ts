// What an action takes and gives, from its types and from the decorators of @nestjs/swagger and class-validator.
import type { Node } from 'oxc-parser';
import type { Json } from '../../../../contract/schema.ts';
import type { Reading } from '../../../contract/reading.ts';
import { bare, isFunction, nameOf } from '../../../ecma/node.ts';
import type { Action } from './controller.ts';
import { decoratorsOf, question } from './decorators.ts';
import { propertyNode } from './module-graph.ts';
import { schemaOfClass, schemaOfType, type TypeAt } from './types.ts';

const parts: Readonly<Record<string, string>> = { Body: 'body', Query: 'querystring', Param: 'params', Headers: 'headers' };

/** Null: none is declared. */
export function requestOf(reading: Reading, { node, unit }: Action): Json {
  if (!isFunction(node.value)) return null;
  const found = new Map<string, Record<string, Json>>();
  const whole: Record<string, Json> = {};
  for (const parameter of node.value.params) {
    if (parameter.type === 'TSParameterProperty') continue;
    const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
    const type = 'typeAnnotation' in pattern ? pattern.typeAnnotation?.typeAnnotation : undefined;
    const decorators = 'decorators' in parameter ? (parameter.decorators ?? []) : [];
    for (const one of decoratorsOf(reading, unit, decorators)) {
      const part =
        one.from === '@nestjs/common' || one.from === '@nestia/core' ? parts[one.name.replace(/^Typed/, '')] : undefined;
      if (part === undefined) continue;
      const schema = type === undefined ? {} : schemaOfType(reading, { unit, node: type });
      const name = reading.js.constantText(unit, one.arguments[0]);
      if (name === undefined) whole[part] = schema;
      else found.set(part, { ...found.get(part), [name]: schema });
    }
  }
  const named = Object.fromEntries([...found].map(([part, properties]) => [part, { type: 'object', properties }]));
  const all = { ...named, ...whole };
  return Object.keys(all).length > 0 ? all : null;
}

const statuses: Readonly<Record<string, string>> = {
  ...{
    ApiOkResponse: '200',
    ApiCreatedResponse: '201',
    ApiAcceptedResponse: '202',
    ApiNoContentResponse: '204',
    ApiFoundResponse: '302',
  },
  ...{ ApiBadRequestResponse: '400', ApiUnauthorizedResponse: '401', ApiForbiddenResponse: '403', ApiNotFoundResponse: '404' },
  ...{
    ApiConflictResponse: '409',
    ApiUnprocessableEntityResponse: '422',
    ApiInternalServerErrorResponse: '500',
    ApiDefaultResponse: 'default',
  },
};

export function responseOf(reading: Reading, o: { readonly action: Action; readonly method: string }): Json {
  const { unit, node, applied } = o.action;
  const found: Record<string, Json> = {};
  for (const one of applied) {
    if (one.from !== '@nestjs/swagger') continue;
    const value = reading.js.meaningOf(one.unit, one.arguments[0], question(one.round));
    const options = value?.kind === 'object' ? value : undefined;
    const written = options === undefined ? undefined : propertyNode(options, 'status');
    const status = one.name === 'ApiResponse' ? statusOf(reading, { unit: one.unit, node: written }) : statuses[one.name];
    if (status === undefined) continue;
    const type = options === undefined ? undefined : propertyNode(options, 'type');
    const isList = options !== undefined && reading.js.meaningOf(options.unit, propertyNode(options, 'isArray')) !== undefined;
    const schema = type === undefined ? {} : typeNamed(reading, { unit: options?.unit ?? one.unit, node: type });
    found[status] = isList ? { type: 'array', items: schema } : schema;
  }
  const code = applied.find((one) => one.from === '@nestjs/common' && one.name === 'HttpCode');
  const usual =
    (code === undefined ? undefined : statusOf(reading, { unit: code.unit, node: code.arguments[0] })) ??
    (o.method === 'POST' ? '201' : '200');
  const type = isFunction(node.value) ? node.value.returnType?.typeAnnotation : undefined;
  if (type !== undefined && (found[usual] === undefined || Object.keys(found[usual] as object).length === 0)) {
    const schema = schemaOfType(reading, { unit, node: type });
    if (Object.keys(schema as object).length > 0 || found[usual] !== undefined) found[usual] = schema;
  }
  return Object.keys(found).length > 0 ? found : null;
}

/** https://developer.mozilla.org/docs/Web/HTTP/Status: those that `HttpStatus` is used for most. */
const names: Readonly<Record<string, string>> = {
  ...{ OK: '200', CREATED: '201', ACCEPTED: '202', NO_CONTENT: '204', FOUND: '302', BAD_REQUEST: '400', UNAUTHORIZED: '401' },
  ...{
    FORBIDDEN: '403',
    NOT_FOUND: '404',
    CONFLICT: '409',
    UNPROCESSABLE_ENTITY: '422',
    TOO_MANY_REQUESTS: '429',
    INTERNAL_SERVER_ERROR: '500',
  },
};
function statusOf(reading: Reading, at: { readonly unit: TypeAt['unit']; readonly node: Node | undefined }): string | undefined {
  const value = reading.js.meaningOf(at.unit, at.node);
  if (value?.kind === 'external') return names[value.name.split('.').at(-1) ?? ''];
  const node = at.node === undefined ? undefined : bare(at.node);
  return node?.type === 'Literal' && typeof node.value === 'number'
    ? String(node.value)
    : reading.js.constantText(at.unit, at.node);
}

/** `X`, `[X]` and `() => X`, as swagger's decorators take them. */
function typeNamed(reading: Reading, { unit, node }: TypeAt, depth = 0): Json {
  const plain = bare(node);
  if (depth > 3) return {};
  if (plain.type === 'ArrayExpression') {
    const [first] = plain.elements;
    return { type: 'array', items: first == null ? {} : typeNamed(reading, { unit, node: first }, depth + 1) };
  }
  if (plain.type === 'ArrowFunctionExpression' && plain.body !== null && plain.body.type !== 'BlockStatement')
    return typeNamed(reading, { unit, node: plain.body }, depth + 1);
  const native = { String: 'string', Number: 'number', Boolean: 'boolean' }[nameOf(plain) ?? ''];
  if (native !== undefined) return { type: native };
  const value = reading.js.meaningOf(unit, plain);
  return value?.kind === 'class' ? schemaOfClass(reading, { unit: value.unit, node: value.node }) : {};
}
