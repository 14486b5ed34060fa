/** How every bundle of this repository is made: live types, one condition, one target. */
export const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['@tcplab/source'],
  logLevel: 'warning',
  legalComments: 'none',
};

/** Some dependencies are CommonJS and ask for `require`, which a module does not have. */
export const requireInModules = [
  "import { createRequire as makeRequire } from 'node:module';",
  'const require = makeRequire(import.meta.url);',
];
