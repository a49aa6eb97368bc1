import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';

/**
 * The layers, lowest first. A folder may import from itself and from folders of a lower rank; folders of one rank do
 * not know each other. `extension` alone sees `vscode`; ranks below `adapter` see no platform at all.
 */
const LAYERS = [
  ['common'],
  ['tcg'],
  ['target/arm', 'target/riscv'],
  ['symbols', 'plugin', 'emulator'],
  ['adapter'],
  ['extension', 'webview', 'cli'],
];

/** The messages between the extension and its webview: the one thing of its sibling that the extension may import. */
const WEBVIEW_PROTOCOL = './webview/protocol';

const zones = LAYERS.flatMap((rank, index) =>
  rank.map((folder) => ({
    target: `./src/${folder}`,
    from: './src',
    except: [
      `./${folder}`,
      ...LAYERS.slice(0, index).flatMap((lower) => lower.map((name) => `./${name}`)),
      ...(folder === 'extension' ? [WEBVIEW_PROTOCOL] : []),
    ],
    message: 'Imports go downward only: see docs/architecture.md.',
  })),
);

const CORE = ['common', 'tcg', 'target', 'symbols', 'plugin', 'emulator'].map((name) => `src/${name}/**/*.ts`);
const PLATFORM_GLOBALS = [
  'process',
  'Buffer',
  'window',
  'document',
  'require',
  'setTimeout',
  'setImmediate',
  'fetch',
  'console',
];

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', 'node_modules/**', 'samples/**/build/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.mjs'] })],
      'import-x/extensions': ['.ts', '.js', '.mjs'], // no-cycle reads only files with these
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/naming-convention': 'off',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { zones }],
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/extension/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'vscode', message: 'Only src/extension imports vscode.' }] },
      ],
    },
  },
  {
    files: CORE,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'vscode', message: 'Only src/extension imports vscode.' }],
          patterns: [
            {
              group: ['node:*', 'fs', 'path', 'os', 'worker_threads', 'child_process'],
              message: 'Pure layers take platform services as parameters.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', ...PLATFORM_GLOBALS],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'setTimeout',
          'clearTimeout',
          'fetch',
          'performance',
          'URLSearchParams',
          'AbortSignal',
          'TextEncoder',
        ].map((n) => [n, 'readonly']),
      ),
    },
  },
  {
    // Inside of "declare module" a type can only be named by import().
    files: ['**/*.d.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', process: 'readonly' },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
