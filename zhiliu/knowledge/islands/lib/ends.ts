/** Ctrl+Home and Ctrl+End go to the ends of the text from everywhere; browsers stay in a clicked table or block. */
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
