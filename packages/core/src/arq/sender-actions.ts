/** What the senders' machines ask of the sender: the lower labels of their arrows. */
export interface ArqSenderActions {
  /** Sends the message that was taken last. */
  sendNewest(): void;
  /** Sends again everything that is not acknowledged. */
  resendOutstanding(): void;
  /** Sends again the packets whose own timer ran out, and starts their timers. */
  resendOverdue(): void;
  /** Forgets what is acknowledged from the oldest on. */
  moveWindow(): void;
  /** Starts the one timer afresh. */
  startTimer(): void;
  stopTimer(): void;
}

export type ArqSenderState =
  | 'wait for call from above'
  | 'wait for ACK'
  | 'window empty'
  | 'window open'
  | 'window full'
  | 'given up';

export type ArqSenderArrow =
  | 'rdt_send'
  | 'rdt_send fills the window'
  | 'rcv ACK'
  | 'rcv ACK of a later one'
  | 'rcv ACK of all'
  | 'rcv corrupt packet or other ACK'
  | 'timeout'
  | 'too many timeouts';
