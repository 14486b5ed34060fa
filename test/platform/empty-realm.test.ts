/**
 * The protocols and the simulation need nothing of a platform: bundled, they run in an empty V8 context
 * that has no timers, no console, no TextEncoder, and give the same trace there.
 */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { runLossyEcho } from './lossy-echo.ts';
import { tlsConversation } from './tls-conversation.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function bundle(entry: string): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lab',
    target: 'es2022',
    platform: 'neutral',
    conditions: ['@tcplab/source', 'import'],
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}

test('core and sim run in an empty realm and give the same trace hash as here', async () => {
  const context = createContext(Object.create(null) as object);
  runInContext(await bundle('test/platform/lossy-echo.ts'), context);
  const there = runInContext('lab.runLossyEcho(42)', context) as { hash: string; records: number };
  const here = runLossyEcho(42);
  expect(here.records).toBeGreaterThan(100);
  expect({ ...there }).toEqual({ ...here });
});

test('another seed gives another trace', () => {
  expect(runLossyEcho(43).hash).not.toBe(runLossyEcho(42).hash);
});

test('TLS and its certificates give the same octets in an empty realm', async () => {
  const context = createContext(Object.create(null) as object);
  runInContext(await bundle('test/platform/tls-conversation.ts'), context);
  const here = tlsConversation(7);
  expect(runInContext('lab.tlsConversation(7)', context)).toBe(here);
  expect(here.length).toBeGreaterThan(2_000);
  expect(tlsConversation(8)).not.toBe(here);
});
