import * as z from 'zod';
import { us, waitFor } from '@tcplab/core';
import { route, serveHttp } from '@tcplab/core/http';
import { chatRoom, echoWebSocket, webSocketRoute } from '@tcplab/core/session/websocket';
import { closed } from '../schema/closed.ts';
import { duration, size } from '../schema/quantities.ts';
import { port } from '../schema/words.ts';
import { appKind } from './app-kind.ts';
import { DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT } from './http-server.ts';
import { serverSecurity, serverTls } from './tls/index.ts';

const settings = closed({
  port: port.optional().describe('Default: 80, with TLS 443.'),
  path: z
    .string()
    .regex(/^\/[\w\-./]*$/, 'expected a path such as /chat')
    .optional()
    .describe('Default: /.'),
  does: z
    .enum(['echo', 'chat'])
    .optional()
    .describe('Send back to the sender, or to all. Default: echo.'),
  pingInterval: duration.optional().describe('Send a ping so often. Default: never.'),
  pongTimeout: duration
    .optional()
    .describe('Silence after a ping for so long ends the connection.'),
  maxMessage: size.optional().describe('A longer message is refused with 1009.'),
  tls: serverTls.optional(),
});

/** A WebSocket server. */
export const webSocketServer = appKind({
  key: 'websocket',
  about: 'Opens WebSockets and sends messages back, to the sender or to all (RFC 6455).',
  settings,
  needs: (given) => ({ listens: [portOf(given)] }),
  *run(host, given) {
    const { pingInterval, pongTimeout, maxMessage, tls } = given;
    const handler = given.does === 'chat' ? chatRoom() : echoWebSocket;
    const socketRoute = webSocketRoute(given.path ?? '/', handler, {
      ...(pingInterval === undefined ? {} : { pingInterval: us(pingInterval) }),
      ...(pongTimeout === undefined ? {} : { pongTimeout: us(pongTimeout) }),
      ...(maxMessage === undefined ? {} : { maxMessageBytes: maxMessage }),
    });
    const plain = route('GET /plain', () => ({ body: 'no WebSocket here\n' }));
    const server = serveHttp(host, portOf(given), {
      routes: [socketRoute, plain],
      ...(tls === undefined ? {} : { secure: serverSecurity(host, tls, ['http/1.1']) }),
    });
    yield* waitFor([server.stopping]);
  },
});

function portOf(given: z.output<typeof settings>): number {
  return given.port ?? (given.tls === undefined ? DEFAULT_HTTP_PORT : DEFAULT_HTTPS_PORT);
}
