// What JavaScript here must not do. Layout is not its affair; types are tsc's
// (npm run types). Few rules, each of which has found a mistake somewhere.
import js from '@eslint/js';
import globals from 'globals';

const rules = {
  ...js.configs.recommended.rules,
  eqeqeq: ['error', 'always'],
  'no-var': 'error',
  'prefer-const': ['error', {destructuring: 'all'}],
  'no-shadow': ['error', {allow: ['_']}],
  'no-implicit-globals': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-throw-literal': 'error',
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-unmodified-loop-condition': 'error',
  'no-useless-return': 'error',
  'array-callback-return': 'error',
  'default-case-last': 'error',
  // _ says that a value is not used on purpose: a property left out, a place skipped
  'no-unused-vars': ['error', {argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', caughtErrors: 'all'}],
  'no-empty': 'error',
};

const scope = (files, names, ignores = []) => ({
  files, ignores, rules, languageOptions: {ecmaVersion: 2024, sourceType: 'module', globals: Object.assign({}, ...names)},
  linterOptions: {reportUnusedDisableDirectives: 'error'},
});

// A file runs in one place and knows what is there.
const WORKER = ['web/classifier/worker*.js', 'web/classifier/module*.js'];
const SERVICE_WORKER = ['web/sw.js', 'web/sw/**/*.js'];
const PAGE_OF_SERVICE_WORKER = ['web/sw/page.js'];

export default [
  {ignores: ['build/', 'dist/', 'node_modules/', 'shared/', 'tests/bench/node_modules/']},
  scope(['web/**/*.js'], [globals.browser, {__VERSION__: 'readonly'}], [...WORKER, ...SERVICE_WORKER]),
  {files: ['web/support.js'], languageOptions: {ecmaVersion: 5, sourceType: 'script'}, rules: {'no-var': 'off'}}, // read by browsers of any age
  scope(WORKER, [globals.worker]),
  scope(SERVICE_WORKER, [globals.serviceworker, {__PRECACHE__: 'readonly'}], PAGE_OF_SERVICE_WORKER),
  scope(PAGE_OF_SERVICE_WORKER, [globals.browser]),
  scope(['*.mjs', 'src/**/*.mjs', 'wasm-build/**/*.mjs'], [globals.node]),
  // tests also hold what runs in a page, and try there what the page must not do
  scope(['tests/**/*.mjs'], [globals.node, globals.browser, {axe: 'readonly'}]),
  {files: ['tests/browser/security.test.mjs'], rules: {'no-eval': 'off'}},
  scope(['tests/c/environment.js'], [globals.node, {Module: 'writable', ENV: 'writable', HEAP8: 'readonly'}]),
];
