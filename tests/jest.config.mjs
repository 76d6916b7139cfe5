// Jest runs the JavaScript and browser tests as the ES modules they are:
// NODE_OPTIONS=--experimental-vm-modules npx jest --config tests/jest.config.mjs
export default {
  rootDir: '..',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.mjs'],
  testPathIgnorePatterns: ['/node_modules/', '/tests/bench/'],
  testEnvironment: 'node',
  transform: {},
  // puppeteer and selenium keep sockets; a browser start on a busy machine takes seconds
  testTimeout: 120_000,
  maxWorkers: 2,
  verbose: false, // keeps what tests print for the reporter
  reporters: ['<rootDir>/tests/jest-reporter.mjs'],
};
