import type { Socket } from 'node:net';

/** A reset where the other side can see one; Unix sockets know none. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/** Bytes of one side to the other, a slow reader slowing its writer. */
function forward(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  // The end of a socket that sent nothing more may have come before this.
  if (from.readableEnded) to.end();
  else from.on('end', () => to.end());
  from.on('error', () => reset(to));
  from.on('close', () => {
    if (!to.destroyed && !from.readableEnded) to.destroy();
  });
}

/**
 * Joins two sockets until both have ended: an end of one is an end of the other and no more (half-open), an error of one is a reset of the
 * other. Both must have been made with `allowHalfOpen`.
 */
export function relay(near: Socket, far: Socket): void {
  if (near.destroyed || far.destroyed) {
    near.destroy();
    far.destroy();
    return;
  }
  forward(near, far);
  forward(far, near);
}
