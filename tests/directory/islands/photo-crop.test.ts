import { beforeEach, expect, test, vi } from "vitest";
import PhotoCrop from "../../../zhiliu/directory/islands/photo-crop";
import { SquareCrop } from "../../../zhiliu/directory/islands/lib/square-crop";
import { find, page, settle } from "../../islands";

const drawn = vi.fn();
const FORM = `<form data-controller="photo-crop">
  <input type="file" name="photo">
  <fieldset data-photo-crop-target="frame" hidden><canvas width="480" height="480" tabindex="0" data-photo-crop-target="canvas"></canvas>
  <input type="range" min="1" max="4" step="0.05" data-photo-crop-target="zoom"></fieldset>
  <p data-photo-crop-target="unreadable" hidden></p>
</form>`;

beforeEach(() => {
  drawn.mockClear();
  HTMLCanvasElement.prototype.getContext = vi.fn(() => ({ fillRect: vi.fn(), drawImage: drawn })) as never;
  HTMLCanvasElement.prototype.toDataURL = () => `data:image/jpeg;base64,${btoa("cropped")}`;
  vi.stubGlobal("createImageBitmap", async (file: File) => {
    if (file.type === "image/heic") throw new Error("no such format");
    return { width: 800, height: 400, close: vi.fn() };
  });
});

/** Choose a file; jsdom lets nobody set the files of an input. */
async function choose(type: string): Promise<void> {
  const input = find<HTMLInputElement>("input[type=file]");
  Object.defineProperty(input, "files", { value: [new File(["whole"], "whole", { type })], configurable: true });
  input.dispatchEvent(new Event("change"));
  await settle();
}

/** The square that was drawn last: left, top, side, in pixels of the picture. */
function square(): number[] {
  return drawn.mock.calls.at(-1)!.slice(1, 4).map((length: number) => Math.round(length));
}

function press(key: string): boolean {
  return find("canvas").dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
}

test("a square begins in the middle and stays inside the picture", () => {
  const crop = new SquareCrop(800, 400);
  expect([crop.left, crop.top, crop.side]).toEqual([200, 0, 400]);
  crop.move(9, 9);
  expect([crop.left, crop.top]).toEqual([400, 0]);
  crop.zoomTo(2);
  expect([crop.left, crop.top, crop.side]).toEqual([500, 100, 200]);
  crop.move(-9, -9);
  expect([crop.left, crop.top]).toEqual([0, 0]);
  crop.zoomTo(99);
  expect(crop.side).toBe(100);
  crop.zoomTo(0);
  expect([crop.left, crop.top, crop.side]).toEqual([0, 0, 400]);
});

test("a chosen picture is moved and zoomed by keys and slider", async () => {
  await page(FORM, { "photo-crop": PhotoCrop });
  expect(find("fieldset").hidden).toBe(true);
  await choose("image/png");
  expect([find("fieldset").hidden, find("p").hidden]).toEqual([false, true]);
  expect(square()).toEqual([200, 0, 400]);
  // The picture goes to the right, so the square goes to the left.
  expect(press("ArrowRight")).toBe(false);
  expect(square()).toEqual([180, 0, 400]);
  press("+");
  expect(square()[2]).toBe(364);
  press("-");
  expect(square()[2]).toBe(400);
  expect(press("a")).toBe(true);
  const slider = find<HTMLInputElement>("input[type=range]");
  slider.value = "2";
  slider.dispatchEvent(new Event("input"));
  expect(square()[2]).toBe(200);
});

test("the square is sent in place of the picture", async () => {
  await page(FORM, { "photo-crop": PhotoCrop });
  await choose("image/png");
  const data = new FormData();
  find("form").dispatchEvent(Object.assign(new Event("formdata"), { formData: data }));
  const sent = data.get("photo") as File;
  expect([sent.name, sent.type, sent.size]).toEqual(["photo.jpg", "image/jpeg", "cropped".length]);
});

test("a picture that the browser cannot show is sent as it is", async () => {
  await page(FORM, { "photo-crop": PhotoCrop });
  await choose("image/heic");
  expect([find("fieldset").hidden, find("p").hidden]).toEqual([true, false]);
  const data = new FormData();
  find("form").dispatchEvent(Object.assign(new Event("formdata"), { formData: data }));
  expect(data.has("photo")).toBe(false);
});
