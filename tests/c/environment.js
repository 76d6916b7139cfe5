// Emscripten keeps Node's environment from the program.
Module.preRun = () => {
  if (typeof ENV === 'object') Object.assign(ENV, process.env);
};
