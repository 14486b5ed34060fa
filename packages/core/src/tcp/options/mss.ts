import type { TcpOption, TcpSegment } from '../../wire/index.ts';
import type { TcpConfig } from '../config.ts';

const CACHE = new Map<number, readonly TcpOption[]>();

/** The options of our SYN: the MSS, always said (RFC 9293 §3.7.1, SHLD-5, MAY-3). */
export function synOptions(config: TcpConfig): readonly TcpOption[] {
  const known = CACHE.get(config.mss);
  if (known !== undefined) return known;
  const options: readonly TcpOption[] = [{ kind: 'mss', mss: config.mss }];
  CACHE.set(config.mss, options);
  return options;
}

/**
 * Eff.snd.MSS from the peer's SYN (MUST-14 … MUST-16): what it can take, or 536 when it does not say,
 * and no more than our link carries. A peer that says 0 still gets one byte a segment.
 */
export function effectiveSendMss(config: TcpConfig, syn: TcpSegment): number {
  let theirs = config.assumedMss;
  for (const option of syn.options) if (option.kind === 'mss') theirs = option.mss;
  return Math.max(1, Math.min(theirs, config.sendMss));
}
