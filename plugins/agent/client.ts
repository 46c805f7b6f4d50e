import Anthropic from '@anthropic-ai/sdk';
import { defaultBaseUrl, maxRetries } from './defaults.ts';

/** The client, with nothing taken from this process: key and address are what the step may read. */
export function connect(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
}): Anthropic {
  const { ANTHROPIC_API_KEY: key = '', ANTHROPIC_AUTH_TOKEN: token = '', ANTHROPIC_BASE_URL: url = '' } = options.env;
  // A server of one's own may want no key; an empty one would make the SDK look for credentials in the home folder.
  const credential =
    key === '' && token !== '' ? { authToken: token, apiKey: null } : { apiKey: key === '' ? 'none' : key, authToken: null };
  return new Anthropic({
    ...credential,
    baseURL: url === '' ? defaultBaseUrl : url,
    fetch: options.fetch,
    maxRetries,
    logLevel: 'off',
    webhookKey: null,
  });
}
