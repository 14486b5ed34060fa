/** How every bundle of this repository is made: live types, one condition, one target. */
export const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['@tcplab/source'],
  logLevel: 'warning',
  legalComments: 'none',
};
