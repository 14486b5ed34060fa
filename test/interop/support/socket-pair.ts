import { Duplex } from 'node:stream';

/** Two ends of a stream in memory: what one writes the other reads. */
export function socketPair(): [Duplex, Duplex] {
  const left: Duplex = streamTo(() => right);
  const right: Duplex = streamTo(() => left);
  return [left, right];
}

function streamTo(other: () => Duplex): Duplex {
  return new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => {
      other().push(chunk);
      done();
    },
    final: (done) => {
      other().push(null);
      done();
    },
    // Whoever is destroyed takes the line down: the other end sees an end of the stream.
    destroy: (error, done) => {
      if (!other().readableEnded && !other().destroyed) other().push(null);
      done(error);
    },
  });
}
