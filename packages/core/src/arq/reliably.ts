/** Processes that move messages reliably over a UDP socket. */
import type { DatagramSocket, ReceivedDatagram } from '../base/datagram-socket.ts';
import { ConnectionError, TimeoutError } from '../base/errors.ts';
import { waitFor, type Process } from '../base/process.ts';
import type { ProgramHost } from '../base/program-host.ts';
import { after, seconds, type Micros } from '../base/time.ts';
import { ArqReceiver } from './receiver.ts';
import { ArqSender, DEFAULT_ARQ_TIMEOUT, type ArqOptions } from './sender.ts';

/** What a transfer cost, for comparisons. */
export interface TransferReport {
  /** Frames sent in all. */
  readonly frames: number;
  /** Frames among them that were sent before. */
  readonly resent: number;
  readonly duration: Micros;
}

/**
 * Sends the messages in order; returns when all are acknowledged.
 * @param to where the receiver's socket is
 * @throws ConnectionError `connection timed out` when one frame stays unacknowledged
 */
export function* sendReliably(
  host: ProgramHost,
  socket: DatagramSocket,
  to: { readonly host: string; readonly port: number } & ArqOptions,
  messages: readonly Uint8Array[],
): Process<TransferReport> {
  const started = host.now();
  const sender = new ArqSender(host.random('arq transfer').below(0x1_0000), to);
  let frames = 0;
  let resent = 0;
  let next = 0;
  for (;;) {
    while (sender.canSend && next <= messages.length) {
      const message = messages[next];
      if (message === undefined) sender.finish(host.now());
      else sender.send(message, host.now());
      next += 1;
    }
    for (let out = sender.pollOutput(host.now()); out; out = sender.pollOutput(host.now())) {
      frames += 1;
      yield* socket.sendTo(out, to.host, to.port);
    }
    for (let event = sender.pollEvent(); event; event = sender.pollEvent()) {
      if (event.kind === 'resent') {
        resent += 1;
        noteOf(host, `number ${event.seq} is sent again`, event.kind, event.cause);
      } else if (event.kind === 'given up') {
        noteOf(host, event.cause.why, event.kind, event.cause);
        throw new ConnectionError('connection timed out', event.cause.why);
      }
    }
    if (next > messages.length && sender.isIdle) {
      return { frames, resent, duration: (host.now() - started) as Micros };
    }
    const arrived = socket.tryReceiveFrom();
    if (arrived !== undefined) sender.handleInput(arrived.bytes, host.now());
    else yield* waitFor([socket.readable], sender.pollTimeout());
    sender.handleTimeout(host.now());
  }
}

export interface ReceiveOptions extends Pick<ArqOptions, 'protocol' | 'window' | 'sequenceBits'> {
  /** Called with each message as soon as it can be delivered in order. */
  readonly onMessage?: (message: Uint8Array) => void;
  /**
   * How long to go on acknowledging after the end: the last acknowledgment may be lost, and only
   * the receiver can repeat it. TCP's TIME-WAIT is the same thought. @default 4 × DEFAULT_ARQ_TIMEOUT
   */
  readonly linger?: Micros;
  /** Give up when the sender is silent for this long. @default 60 s */
  readonly silence?: Micros;
}

/**
 * Receives one transfer from whoever speaks first.
 * @returns its messages, after the linger time
 * @throws TimeoutError when the sender falls silent before the end
 */
export function* receiveReliably(
  host: ProgramHost,
  socket: DatagramSocket,
  options: ReceiveOptions = {},
): Process<Uint8Array[]> {
  const receiver = new ArqReceiver(options);
  const linger = options.linger ?? ((DEFAULT_ARQ_TIMEOUT * 4) as Micros);
  const messages: Uint8Array[] = [];
  let peer: ReceivedDatagram | undefined;
  for (;;) {
    const patience = receiver.ended ? linger : (options.silence ?? seconds(60));
    const arrived = yield* nextFrom(socket, peer, after(host.now(), patience));
    if (arrived === undefined) {
      if (receiver.ended) return messages;
      throw new TimeoutError('the sender fell silent before the end');
    }
    receiver.handleInput(arrived.bytes, host.now());
    if (receiver.transfer !== undefined) peer ??= arrived;
    for (let out = receiver.pollOutput(host.now()); out; out = receiver.pollOutput(host.now())) {
      yield* socket.sendTo(out, arrived.address, arrived.port);
    }
    for (let event = receiver.pollEvent(); event; event = receiver.pollEvent()) {
      if (event.kind === 'message') {
        messages.push(event.data);
        options.onMessage?.(event.data);
      } else if (event.kind === 'ignored') {
        noteOf(host, event.cause.why, event.kind, event.cause);
      }
    }
  }
}

/** The next datagram of the peer, or of anyone while there is no peer; undefined at the deadline. */
function* nextFrom(
  socket: DatagramSocket,
  peer: ReceivedDatagram | undefined,
  deadline: Micros,
): Process<ReceivedDatagram | undefined> {
  try {
    for (;;) {
      const arrived = yield* socket.receiveFrom(deadline);
      const known = peer === undefined || peer.address === arrived.address;
      if (known && (peer === undefined || peer.port === arrived.port)) return arrived;
    }
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  }
}

function noteOf(
  host: ProgramHost,
  text: string,
  kind: string,
  cause: NonNullable<Parameters<ProgramHost['note']>[0]['cause']>,
): void {
  host.note({ layer: 'udp', kind: `arq ${kind}`, text, cause });
}
