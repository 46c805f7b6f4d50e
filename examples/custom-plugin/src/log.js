/** One line of JSON for each event, on standard output. */
export const log = (event, facts = {}) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
