// Errors as RFC 9457 problem details.

/** An error that the caller may see. */
class Problem extends Error {
  /**
   * @param {number} statusCode
   * @param {string} detail
   */
  constructor(statusCode, detail) {
    super(detail);
    this.statusCode = statusCode;
  }
}

/**
 * @param {number} statusCode
 * @param {string} detail
 */
export const problem = (statusCode, detail) => new Problem(statusCode, detail);

/** PostgreSQL's codes for what a client's input can cause. */
const ofDatabase = new Map([
  ['23505', { statusCode: 409, detail: 'It exists already.' }],
  ['23503', { statusCode: 422, detail: 'It refers to something that does not exist.' }],
]);

/**
 * @param {Error & {statusCode?: number, code?: string}} error
 * @param {import('fastify').FastifyRequest} request
 * @param {import('fastify').FastifyReply} reply
 */
export function answerProblem(error, request, reply) {
  const known = error instanceof Problem ? undefined : ofDatabase.get(error.code ?? '');
  const status = known?.statusCode ?? error.statusCode ?? 500;
  const hidden = status >= 500 && !(error instanceof Problem);
  if (hidden) request.log.error({ err: error }, 'request failed');
  const detail = hidden ? 'The service failed; its log says why.' : (known?.detail ?? error.message);
  return reply.code(status).type('application/problem+json').send({ type: 'about:blank', status, detail });
}
