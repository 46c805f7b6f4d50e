export const defaultModel = 'claude-opus-5-5';
export const defaultBaseUrl = 'https://api.anthropic.com';
/** Retries of a request that was answered with 408, 409, 429 or 5xx, or not at all; the waits grow from 0.5 s to 8 s. */
export const maxRetries = 6;
/** Requests that are sent again because the answer broke off or could not be read. */
export const brokenAnswers = 3;
/** The least room for a reply that is worth a request. */
export const leastOutputTokens = 2048;
/** A reply is never given more room than this, unless the service says that the model takes more. */
export const mostOutputTokens = 64_000;
