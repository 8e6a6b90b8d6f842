/**
 * Entry point of the front end: styles of every app, htmx, and the islands. An island is
 * `zhiliu/<app>/islands/<name>.ts` with a default-exported Stimulus controller; it is registered as `<name>`. The kit's
 * islands are small and part of the page's bundle, as are those in `islands/every-page/`; the others load when an element
 * first names them.
 */
import "../styles/index.css";
import "./lib/app-styles";
import "./lib/requests";
import "./lib/skeleton";
import { Application, type ControllerConstructor } from "@hotwired/stimulus";
import { showCurrentTabs } from "./lib/current-tab";
import { forgetArrived } from "./lib/drafts";
import { keepEveryForm } from "./lib/every-form";
import { prepareWorker } from "./lib/installed";
import { watchKeyboard } from "./lib/keyboard";
import { byName, type Loader, loadWhenSeen } from "./lib/registry";
import { sayWaiting } from "./lib/toasts";

type Island = { default: ControllerConstructor };

const application = Application.start();
const own = import.meta.glob<Island>(["./*.ts", "!./main.ts", "../../*/islands/every-page/*.ts"], { eager: true });
const others = import.meta.glob<Island>(["../../*/islands/*.ts", "!../../kit/islands/*.ts"]);
byName<Island | Loader>(own, others);
for (const [name, island] of byName(own)) application.register(name, island.default);
loadWhenSeen(application, byName(others));
forgetArrived();
keepEveryForm();
sayWaiting();
watchKeyboard();
showCurrentTabs();
void prepareWorker();
