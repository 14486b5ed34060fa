/**
 * The kept corpus: nasty packets, each with a line that says what is wrong with it and the rule that
 * must refuse it (`ok` where it must be taken). A packet that once did harm is added here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { decodePacket, describeProblem, encodePacket } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { hex } from './hand-made-packets.ts';

const folder = new URL('corpus/', import.meta.url);

function verdictOf(bytes: Uint8Array): string {
  const result = decodePacket(bytes);
  return result.ok ? 'ok' : result.problem.rule.id;
}

for (const file of readdirSync(folder).sort()) {
  describe(`corpus/${file}`, () => {
    const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
    lines.forEach((line, index) => {
      const [, verdict, story] = /^# (\S+): (.+)$/.exec(line) ?? [];
      if (verdict === undefined) return;
      const bytes = hex(lines[index + 1] ?? '');
      test(`${verdict === 'ok' ? 'taken' : verdict}: ${story}`, () => {
        expect(verdictOf(bytes)).toBe(verdict);
        const result = decodePacket(bytes);
        if (result.ok) {
          // What was taken can be sent again and is taken again.
          expect(decodePacket(encodePacket(result.value)).ok).toBe(true);
        } else {
          expect(result.problem.at).toBeLessThanOrEqual(bytes.length);
          expect(describeProblem(result.problem)).toMatch(/expected .+, found .+/);
        }
      });
    });
  });
}
