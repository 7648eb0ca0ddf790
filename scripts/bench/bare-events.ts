/** What event streams cost at least: Node's own HTTP server, which holds them and sends to all what is posted to it. */

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const held = new Set<ServerResponse>();
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    for (const one of held) one.write('id: 1\nevent: change\ndata: {}\n\n');
    response.end();
    return;
  }
  if (request.url !== '/v1/events') {
    response.end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 0\n\n');
  held.add(response);
  response.on('close', () => held.delete(response));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.on('SIGTERM', () => process.exit(0));
