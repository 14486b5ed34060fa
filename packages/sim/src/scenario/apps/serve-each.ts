import {
  ConnectionError,
  type ByteStream,
  type ListenOptions,
  type Process,
  type ProgramHost,
} from '@tcplab/core';

/** Accepts connections for ever and serves each in a process of its own. */
export function* serveEach(
  host: ProgramHost,
  port: number,
  serve: (stream: ByteStream) => Process,
  options: ListenOptions = {},
): Process {
  const listener = host.listen(port, options);
  for (let served = 0; ; served += 1) {
    const stream = yield* listener.accept();
    host.spawn(enduring(serve(stream)), `serve ${stream.label} (${served})`);
  }
}

/** Runs a program to its end; that its connection failed is the peer's doing and is in the trace. */
export function* enduring(program: Process): Process {
  try {
    yield* program;
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
}
