import { ms, seconds } from '../base/index.ts';

/** The longest message, and so the longest frame, that is taken; a longer one is answered with 1009. */
export const MAX_MESSAGE_BYTES = 32 * 1_024 * 1_024;
/** Bytes that may wait to be sent before `send` refuses. */
export const MAX_QUEUED_BYTES = 64 * 1_024 * 1_024;
/** Pongs that may wait to be sent; the oldest is dropped for the next (RFC 6455 §5.5.3 allows it). */
export const MAX_QUEUED_PONGS = 256;
/** RFC 6455 §5.5: octets in a control frame. */
export const MAX_CONTROL_BYTES = 125;
/** Octets of a handshake header's value. */
export const MAX_HEADER_VALUE = 4_096;
/** How long the end of the closing handshake may take. */
export const CLOSE_TIMEOUT = seconds(10);
/** How long a Pong may take before the peer counts as gone. */
export const PONG_TIMEOUT = ms(20_000);
