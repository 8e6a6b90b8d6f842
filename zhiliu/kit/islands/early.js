// Runs before the first paint, so that folded sides do not jump. Plain script: modules are too late.
try {
  for (const side of ["rail", "panel"]) {
    const state = localStorage.getItem(`fold:${side}`);
    if (state === "folded") document.documentElement.dataset[side] = state;
  }
} catch { /* storage may be forbidden; then nothing is folded */ }
