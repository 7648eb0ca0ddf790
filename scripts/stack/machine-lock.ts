import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 200;

/**
 * Does the work while no other process of this machine that names the same lock does its own. The lock is an abstract
 * socket, which Linux frees with the process, however that ends.
 */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const path = `\0guildhall-${name}`;
  let lock = await listen(path);
  while (!lock) {
    await sleep(pollMs);
    lock = await listen(path);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

/** Undefined while another process listens there. @throws where nobody can */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}
