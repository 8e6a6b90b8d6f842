/** Ctrl+Home and Ctrl+End reach the ends of the text from everywhere; browsers stay where a table or a block was clicked. */
import { Extension } from "@tiptap/core";

export const Ends = Extension.create({
  name: "ends",
  addKeyboardShortcuts() {
    return {
      "Mod-Home": ({ editor }) => editor.commands.focus("start"),
      "Mod-End": ({ editor }) => editor.commands.focus("end"),
    };
  },
});
