// Styles of the other apps. In a module of its own: `import.meta.glob` is hoisted above the imports beside it, and the
// first stylesheet decides the order of the layers, which must be that of kit/styles/index.css.
import.meta.glob(["../../../*/styles/*.css", "!../../../kit/styles/*.css"], { eager: true });
