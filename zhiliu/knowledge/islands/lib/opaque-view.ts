/** The box around what the editor cannot show: its source in a field that takes changes as they are typed. */
import type { NodeViewRenderer } from "@tiptap/core";
import { Opaque } from "./schema";

export function opaque(label: string): typeof Opaque {
  return Opaque.extend({ addNodeView: () => view(label) }) as typeof Opaque;
}

function view(label: string): NodeViewRenderer {
  return ({ node, editor, getPos }) => {
    const dom = document.createElement("div");
    dom.className = "opaque";
    const name = document.createElement("span");
    name.className = "opaque-name";
    name.textContent = label;
    const field = document.createElement("textarea");
    field.value = String(node.attrs.text);
    field.rows = field.value.split("\n").length;
    field.spellcheck = false;
    field.setAttribute("aria-label", label);
    dom.append(name, field);
    field.addEventListener("input", () => {
      const place = getPos();
      field.rows = field.value.split("\n").length;
      if (place !== undefined) editor.view.dispatch(editor.state.tr.setNodeAttribute(place, "text", field.value));
    });
    return {
      dom,
      // Events in the field belong to the field: typing, composing, selecting, pasting.
      stopEvent: (event) => field.contains(event.target as globalThis.Node) && event.type !== "dragstart",
      ignoreMutation: () => true,
      update: (next) => {
        if (next.type.name !== "opaque") return false;
        if (field.value !== next.attrs.text) field.value = String(next.attrs.text);
        return true;
      },
    };
  };
}
