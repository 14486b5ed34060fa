/** RFC 6455 §5.2 and §11.8: what a frame is. */
export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

export type OpcodeName = keyof typeof OPCODE;

const NAMES = new Map<number, OpcodeName>(
  (Object.keys(OPCODE) as OpcodeName[]).map((name) => [OPCODE[name], name]),
);

/** The name of an opcode, or undefined for a reserved one. */
export function opcodeName(opcode: number): OpcodeName | undefined {
  return NAMES.get(opcode);
}

/** RFC 6455 §5.5: opcodes whose top bit is set are control frames. */
export function isControl(opcode: OpcodeName): boolean {
  return opcode === 'close' || opcode === 'ping' || opcode === 'pong';
}
