import type { Cause } from '../base/index.ts';
import type { MessageData } from './message-assembler.ts';
import type { OpcodeName } from './opcode.ts';

/** How a connection ended (RFC 6455 §7.1.4 … §7.1.6). */
export interface CloseInfo {
  /** The code of the peer's Close; 1005 when it had none, 1006 when no Close came. */
  readonly code: number;
  readonly reason: string;
  /** Both Close frames went before the TCP connection ended. */
  readonly clean: boolean;
  /** The code of our own Close; undefined when we sent none or one without a code. */
  readonly sentCode: number | undefined;
  /** Why it ended, where a rule demanded it. */
  readonly cause: Cause | undefined;
}

export type WebSocketEvent =
  | { readonly kind: 'message'; readonly data: MessageData }
  | { readonly kind: 'ping'; readonly data: Uint8Array }
  | { readonly kind: 'pong'; readonly data: Uint8Array }
  | ({ readonly kind: 'closed' } & CloseInfo)
  /** For traces: a frame was queued for sending, or its header arrived. */
  | {
      readonly kind: 'frame';
      readonly direction: 'sent' | 'received';
      readonly opcode: OpcodeName;
      readonly fin: boolean;
      readonly compressed: boolean;
      readonly length: number;
    };
