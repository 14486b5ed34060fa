/** A whole run as a function of its seed: an echo over a bad wire, with everything recorded. */
import { ms, patternPayload } from '@tcplab/core';
import { BernoulliLoss, Corruption, Duplication, Reordering, Simulation } from '@tcplab/sim';

export function runLossyEcho(seed: number): { hash: string; records: number; echoed: number } {
  const sim = new Simulation({
    seed,
    name: 'lossy echo',
    sinks: [{ record: () => undefined }],
    checkInvariants: true,
  });
  const client = sim.host('client');
  const server = sim.host('server');
  sim.link(client, server, {
    delay: { kind: 'normal', mean: ms(20), deviation: ms(4) },
    rate: 5_000_000,
    queue: { packets: 20 },
    impair: (stream) => [
      new BernoulliLoss(0.03, stream('loss')),
      new Corruption(0.01, stream('corruption')),
      new Duplication(0.02, stream('duplication')),
      new Reordering(0.05, ms(9), stream('reordering')),
    ],
  });
  server.run(function* echo(host) {
    const listener = host.listen(7);
    const socket = yield* listener.accept();
    for (;;) {
      const bytes = yield* socket.receive();
      if (bytes.length === 0) break;
      yield* socket.sendAll(bytes);
    }
    socket.close();
  });
  let echoed = 0;
  client.run(function* ask(host) {
    const socket = yield* host.connect('server', 7);
    host.spawn(
      (function* reader() {
        for (;;) {
          const bytes = yield* socket.receive();
          if (bytes.length === 0) break;
          echoed += bytes.length;
        }
        socket.close();
      })(),
    );
    yield* socket.sendAll(patternPayload(0, 50_000));
    socket.shutdown();
  });
  sim.run();
  const footer = sim.finish();
  return { hash: footer.hash, records: footer.records, echoed };
}
