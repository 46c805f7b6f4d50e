import type { Guard, Route } from '../../contract/route.ts';
import type { Declared, GoProgram } from '../../grammar/go/program.ts';
import { childOf, namedOf, type Plain } from '../../grammar/plain.ts';
import { looksLikeAuth } from '../guards.ts';

const folderOf = (file: string): string => file.split('/').slice(0, -1).join('/');

/** What answers, and what is around it. */
export class GoHandlers {
  readonly #program: GoProgram;

  constructor(program: GoProgram) {
    this.#program = program;
  }

  /** `auth(http.HandlerFunc(h.list))`: what is around the handler. */
  wrapped(node: Plain, file: string): readonly Guard[] {
    const callee = node.kind === 'call_expression' ? childOf(node, 'function') : undefined;
    if (callee === undefined || /^(http\.(HandlerFunc|FileServer|StripPrefix)|echo\.WrapHandler|gin\.Wrap\w)/.test(callee.text))
      return [];
    const inner = namedOf(childOf(node, 'arguments')).at(-1);
    return inner && /identifier|selector|call|func_literal/.test(inner.kind)
      ? [this.guard(callee, file, () => undefined), ...this.wrapped(inner, file)]
      : [];
  }
  guard(node: Plain, file: string, textOf: (node: Plain) => string | undefined): Guard {
    const callee = node.kind === 'call_expression' ? (childOf(node, 'function') ?? node) : node;
    const declared = this.#declared(callee, file);
    const by = callee.kind === 'func_literal' ? 'func' : callee.text;
    const scopes = node.kind === 'call_expression' ? namedOf(childOf(node, 'arguments')).flatMap((one) => textOf(one) ?? []) : [];
    const body = (declared?.node ?? (callee.kind === 'func_literal' ? callee : undefined))?.text ?? '';
    const isAuth =
      looksLikeAuth(by.split('.').at(-1) ?? by, '') || /StatusUnauthorized|\.BasicAuth\(|Get\("Authorization"\)/.test(body);
    return { by, scopes, stage: 'middleware', isAuth, at: { file, line: node.line } };
  }
  #declared(node: Plain, file: string): Declared | undefined {
    const direct = this.#program.function(node, file);
    const methods =
      direct === undefined && node.kind === 'selector_expression'
        ? this.#program.methods(childOf(node, 'field')?.text ?? '')
        : [];
    return direct ?? (methods.length === 1 ? methods[0] : methods.find((one) => folderOf(one.file) === folderOf(file)));
  }
  handler(node: Plain, file: string): Route['handler'] {
    const here = { file, line: node.line };
    if (node.kind === 'func_literal') return { ...here, name: null };
    if (node.kind === 'call_expression') {
      const inner = namedOf(childOf(node, 'arguments')).at(-1);
      const declared = this.#declared(childOf(node, 'function') ?? node, file);
      if (inner && /identifier|selector|call|func_literal/.test(inner.kind) && declared?.node.kind !== 'method_declaration')
        return this.handler(inner, file);
      return declared
        ? { file: declared.file, line: declared.node.line, name: childOf(declared.node, 'name')?.text ?? null }
        : { ...here, name: childOf(node, 'function')?.text ?? null };
    }
    const declared = this.#declared(node, file);
    return declared
      ? { file: declared.file, line: declared.node.line, name: childOf(declared.node, 'name')?.text ?? null }
      : { ...here, name: node.text.slice(0, 80) };
  }
}
