// What the runner and the holder of a pod say to each other over the holder's IPC channel. Sockets go along as handles: what the runner
// gets is a socket of the pod's network, so no byte is copied on the way.

export type PodRequest =
  | { readonly id: number; readonly kind: 'free-port' }
  /** Answered with a listening server. */
  | { readonly id: number; readonly kind: 'listen' }
  /** Answered with a connected socket. */
  | { readonly id: number; readonly kind: 'connect'; readonly host: string; readonly port: number }
  /** Listens, and hands each connection on to a Unix socket of the machine. */
  | { readonly id: number; readonly kind: 'relay'; readonly socketPath: string }
  /** Ends a relay and its connections. */
  | { readonly id: number; readonly kind: 'close'; readonly relay: number };

export type PodAnswer =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'done'; readonly id: number; readonly port: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string };
