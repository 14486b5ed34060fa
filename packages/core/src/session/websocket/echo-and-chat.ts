import type { Process } from '../../base/process.ts';
import type { MessageData, WebSocket } from '../../websocket/index.ts';
import type { WebSocketHandler } from './web-socket-route.ts';

/** Sends every message back. */
export function* echoWebSocket(socket: WebSocket): Process {
  for (;;) {
    const message = yield* socket.receive();
    if (message.kind === 'closed') return;
    const data: MessageData = message.kind === 'text' ? message.text : message.bytes;
    // Between this message and the next the peer may have closed: then nobody waits for an echo.
    if (socket.state !== 'OPEN') continue;
    yield* socket.send(data);
  }
}

/** Octets that may wait for one member of a chat; who reads more slowly is put out. */
const MAX_BEHIND = 1_024 * 1_024;

/** Sends every message to all who are in the room, the sender included; nobody waits for the slow. */
export function chatRoom(): WebSocketHandler {
  const members = new Set<WebSocket>();
  return function* (socket) {
    members.add(socket);
    try {
      for (;;) {
        const message = yield* socket.receive();
        if (message.kind === 'closed') return;
        const data: MessageData = message.kind === 'text' ? message.text : message.bytes;
        for (const member of members) {
          if (member.state !== 'OPEN') continue;
          if (member.queuedBytes > MAX_BEHIND) member.abort();
          else member.post(data);
        }
      }
    } finally {
      members.delete(socket);
    }
  };
}
