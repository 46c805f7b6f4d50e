// autocannon 9.0.0 loses requests without a word when the server closes a connection, and then takes the next answer for that of the
// lost one, so that every later time on the connection is too long. This mends both in the client that it makes for each connection.
import type { Client } from 'autocannon';

/** The parts of autocannon's client that are relied on; package.json holds autocannon at one version. */
interface Inner extends Client {
  pipelinedRequests: { size(): number; clear(): void };
  _connect(): void;
  _doRequest(): void;
}

/** For `setupClient`, which is called before the client connects. `lost` hears of requests that will get no answer. */
export function mendClient(client: Client, lost: (count: number) => void): void {
  const inner = client as Inner;
  const connect = inner._connect;
  const doRequest = inner._doRequest;
  let closing = false;
  inner._connect = () => {
    const pending = inner.pipelinedRequests.size();
    if (pending > 0) {
      inner.pipelinedRequests.clear();
      lost(pending);
    }
    closing = false;
    connect.call(inner);
  };
  inner._doRequest = () => {
    // The server said that it closes the connection after this answer: the next request waits for the next connection.
    if (!closing) doRequest.call(inner);
  };
  client.on('headers', (headers) => {
    closing = (headers as { readonly shouldKeepAlive?: boolean }).shouldKeepAlive === false;
  });
}
