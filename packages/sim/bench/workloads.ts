/**
 * The workloads of the benchmark. W1: one connection carries bulk data over 100 Mbit/s, 10 ms each way,
 * 0.1 % loss. W2: many short connections. W3: many connections at once.
 *
 * A segment is one frame that a link begins to transmit, in either direction.
 */
import { ms, patternPayload, seconds, type Micros } from '@tcplab/core';
import { BernoulliLoss, Simulation, fixedDelay, type SimHost, type SimSocket } from '@tcplab/sim';

export interface Outcome {
  readonly segments: number;
  readonly events: number;
  readonly virtual: Micros;
  readonly connections: number;
}

export interface LinkChoice {
  readonly rate: number;
  readonly delay: Micros;
  readonly loss: number;
}

function twoHosts(
  choice: LinkChoice,
  tcp: object = {},
): { sim: Simulation; client: SimHost; server: SimHost } {
  const sim = new Simulation({ seed: 1, name: 'benchmark' });
  const client = sim.host('client', { tcp });
  const server = sim.host('server', { tcp });
  sim.link(client, server, {
    delay: fixedDelay(choice.delay),
    rate: choice.rate,
    impair: (streams) =>
      choice.loss === 0 ? [] : [new BernoulliLoss(choice.loss, streams('loss'))],
  });
  return { sim, client, server };
}

function outcomeOf(sim: Simulation, connections: number): Outcome {
  let segments = 0;
  for (const direction of sim.directions) segments += direction.counts.sent;
  return { segments, events: sim.steps, virtual: sim.now, connections };
}

/** Hands out a described payload piece by piece, as the socket takes it. */
function feed(socket: SimSocket, total: number): () => void {
  let sent = 0;
  let closed = false;
  return () => {
    while (sent < total) {
      const accepted = socket.trySend(patternPayload(sent, Math.min(65_536, total - sent)));
      if (accepted === 0) return;
      sent += accepted;
    }
    if (!closed) {
      closed = true;
      socket.shutdown();
    }
  };
}

/** Reads and counts without looking at the bytes; closes when the peer has. */
function drainInto(socket: SimSocket, count: (bytes: number) => void): () => void {
  let done = false;
  return () => {
    for (;;) {
      const payload = done ? undefined : socket.tryReceivePayload();
      if (payload === undefined) return;
      if (payload.length === 0) {
        done = true;
        socket.close();
      } else count(payload.length);
    }
  };
}

/** W1. @param bytes to carry, @param onProgress called about every hundredth */
export function bulk(
  bytes: number,
  choice: LinkChoice,
  onProgress?: (share: number) => void,
): Outcome {
  const { sim, client, server } = twoHosts(choice);
  let received = 0;
  server.tcp.listen(80, (socket) => {
    socket.onChange(drainInto(socket, (count) => void (received += count)));
  });
  const socket = client.tcp.connect(server, 80);
  const push = feed(socket, bytes);
  socket.onChange(() => {
    if (socket.isEstablished && !socket.isOver) push();
  });
  let mark = bytes / 100;
  while (received < bytes && sim.step()) {
    if (onProgress !== undefined && received > mark) {
      mark += bytes / 100;
      onProgress(received / bytes);
    }
  }
  if (received !== bytes) throw new Error(`W1 delivered ${received} of ${bytes} bytes`);
  return outcomeOf(sim, 1);
}

/** W2: connect, 1 KB request, 10 KB response, the server closes; 100 new connections a second of virtual time. */
export function shortConnections(count: number): Outcome {
  const { sim, client, server } = twoHosts({ rate: 1_000_000_000, delay: ms(10), loss: 0 });
  let finished = 0;
  server.tcp.listen(80, (socket) => {
    let asked = 0;
    socket.onChange(() => {
      const payload = socket.isOver ? undefined : socket.tryReceivePayload();
      asked += payload?.length ?? 0;
      if (asked >= 1_024) {
        asked = 0;
        socket.trySend(patternPayload(0, 10_240));
        socket.close();
      }
    });
  });
  const open = (): void => {
    const socket = client.tcp.connect(server, 80);
    let asked = false;
    const read = drainInto(socket, () => undefined);
    socket.onChange(() => {
      if (socket.isOver) return;
      if (socket.isEstablished && !asked) {
        asked = true;
        socket.trySend(patternPayload(0, 1_024));
      }
      const before = socket.ended;
      read();
      if (!before && socket.ended) finished += 1;
    });
  };
  for (let i = 0; i < count; i += 1) sim.at(ms(i * 10), open);
  while (finished < count && sim.step());
  if (finished !== count) throw new Error(`W2 finished ${finished} of ${count} connections`);
  return outcomeOf(sim, count);
}

/** W3: all connections at once, each carrying the same amount, over 1 Gbit/s. */
export function concurrentConnections(count: number, bytes: number): Outcome {
  const { sim, client, server } = twoHosts({ rate: 1_000_000_000, delay: ms(10), loss: 0 });
  let received = 0;
  server.tcp.listen(
    80,
    (socket) => {
      socket.onChange(drainInto(socket, (got) => void (received += got)));
    },
    { backlog: count },
  );
  for (let i = 0; i < count; i += 1) {
    sim.at((i * 10) as Micros, () => {
      const socket = client.tcp.connect(server, 80);
      const push = feed(socket, bytes);
      socket.onChange(() => {
        if (socket.isEstablished && !socket.isOver) push();
      });
    });
  }
  while (received < count * bytes && sim.now < seconds(3_600) && sim.step());
  if (received !== count * bytes)
    throw new Error(`W3 delivered ${received} of ${count * bytes} bytes`);
  return outcomeOf(sim, count);
}
