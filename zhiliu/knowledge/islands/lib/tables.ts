/**
 * Tables: Tab moves on, cells can be selected together, and pasting fits in. No widths, so no inline style is written.
 */
import { Extension } from "@tiptap/core";
import { addRowAfter, goToNextCell, isInTable, tableEditing } from "@tiptap/pm/tables";

export const Tables = Extension.create({
  name: "tables",
  addProseMirrorPlugins: () => [tableEditing()],
  addKeyboardShortcuts() {
    return {
      Tab: ({ editor }) => {
        if (!isInTable(editor.state)) return false;
        if (goToNextCell(1)(editor.state, editor.view.dispatch)) return true;
        addRowAfter(editor.state, editor.view.dispatch);
        return goToNextCell(1)(editor.state, editor.view.dispatch);
      },
      "Shift-Tab": ({ editor }) => isInTable(editor.state) && goToNextCell(-1)(editor.state, editor.view.dispatch),
    };
  },
});
